using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Licensing;

/// <summary>200 rivals over mixed doors for 10 seats, and what happens without the conditional count.</summary>
public sealed class RivalsTests
{
    private const int Seats = 10;

    [Theory]
    [EachDatabase]
    [Shows("S4-11", "B-06")]
    public async Task Of_200_rivals_over_four_doors_exactly_10_hold_a_seat_at_every_moment(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = Seats, OnFull = OnFull.Refuse } }
        );
        var suspended = new List<Member>();
        var viewers = new List<Member>();
        var invited = new List<(string Name, string Secret)>();
        for (var i = 0; i < 50; i++)
        {
            suspended.Add((await acme.ProvisionAsync($"asleep{i}@acme.test", active: false)).Value);
            viewers.Add(await acme.JoinAsync($"viewer{i}@acme.test", "viewer"));
            var name = $"guest{i}@acme.test";
            invited.Add(
                (
                    name,
                    (
                        await new InvitePeople(acme.Store).RunAsync(
                            Actor.Operator,
                            acme.Id,
                            new() { UserNames = [name], Role = "member" },
                            default
                        )
                    )
                        .Value[0]
                        .Outcome
                        .Value
                        .LinkSecret
                )
            );
        }

        var ran = false;
        IReadOnlyList<Refusal?> outcomes = [];
        var samples = await Sampler.WhileAsync(
            async () =>
            {
                await using var db = acme.Store.Read();
                return await db.Members.CountAsync(m => m.WorkspaceId == acme.Id && m.HasSeat);
            },
            async () =>
            {
                var race = await Rivals.RaceAsync(
                    200,
                    async i =>
                        (i % 4) switch
                        {
                            0 => (await acme.ProvisionAsync($"new{i / 4}@acme.test")).Refusal,
                            1 => (await acme.SayAsync(suspended[i / 4].Id, active: true)).Refusal,
                            2 => (await acme.RedeemAsync(invited[i / 4].Secret, invited[i / 4].Name)).Refusal,
                            _ => (
                                await new AssignRole(acme.Store).RunAsync(Actor.Operator, acme.Id, viewers[i / 4].Id, "member", default)
                            ).Refusal,
                        }
                );
                outcomes = [.. race.Select(r => r.Fault is null ? r.Value : throw new InvalidOperationException("A rival died.", r.Fault))];
                ran = true;
            }
        );

        Assert.True(ran);
        Assert.Equal(Seats, outcomes.Count(o => o is null));
        Assert.All(outcomes.Where(o => o is not null), o => Assert.Equal("seatsFull", o!.Code));
        Assert.All(samples, s => Assert.InRange(s.Value, 0, Seats));
        await using var end = acme.Store.Read();
        Assert.Equal(Seats, await end.Members.CountAsync(m => m.WorkspaceId == acme.Id && m.HasSeat));
        Assert.Equal(Seats, (await acme.CountsAsync()).Seats.Used);
        await acme.AgreesAsync();
    }

    /// <summary>The control: the same race where each rival counts the rows and inserts when there is room.</summary>
    [Theory]
    [EachDatabase]
    public async Task Counting_and_then_inserting_oversells_in_the_same_race(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            change: c => c with { Capacity = c.Capacity with { Seats = Seats, OnFull = OnFull.Refuse } }
        );
        const int Naive = 40;
        var counted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var counting = Naive;
        var race = await Rivals.RaceAsync(
            Naive,
            async i =>
            {
                int seats;
                await using (var db = acme.Store.Read())
                {
                    seats = await db.Members.CountAsync(m => m.WorkspaceId == acme.Id && m.HasSeat);
                }

                if (Interlocked.Decrement(ref counting) == 0)
                {
                    counted.SetResult(); // what a loaded server does by chance is made certain: all have counted before one inserts
                }

                await counted.Task;
                if (seats >= Seats)
                {
                    return false;
                }

                await using var write = acme.Store.Read();
                write.Add(
                    new Member
                    {
                        WorkspaceId = acme.Id,
                        Id = Id<Member>.New(TimeProvider.System),
                        UserName = $"naive{i}@acme.test",
                        UserNameKey = $"naive{i}@acme.test",
                        State = MemberState.Active,
                        HasSeat = true,
                        Role = "member",
                        SortKey = "",
                        CreatedAt = acme.Clock.Now,
                        ModifiedAt = acme.Clock.Now,
                        Version = 1,
                    }
                );
                await write.SaveChangesAsync();
                return true;
            }
        );

        Assert.All(race, r => Assert.Null(r.Fault));
        await using var end = acme.Store.Read();
        Assert.True(await end.Members.CountAsync(m => m.WorkspaceId == acme.Id && m.HasSeat) > Seats);
    }

    [Theory]
    [EachDatabase]
    [Shows("S3-37")]
    public async Task Of_20_rivals_for_the_last_member_slot_exactly_one_joins(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, "provider");
        for (var i = 0; i < 9; i++)
        {
            await acme.ProvisionAsync($"early{i}@acme.test");
        }

        var invited = new List<IssuedInvitation>();
        for (var i = 0; i < 10; i++)
        {
            invited.Add(await acme.InviteAsync($"guest{i}@acme.test"));
        }

        var race = await Rivals.RaceAsync(
            20,
            async i =>
                i % 2 == 0
                    ? (await acme.ProvisionAsync($"new{i}@acme.test")).Refusal
                    : (await acme.RedeemAsync(invited[i / 2].LinkSecret, invited[i / 2].Invitation.UserName)).Refusal
        );

        Assert.Equal(1, race.Count(r => r.Required is null));
        Assert.All(race.Where(r => r.Required is not null), r => Assert.Equal("slotsFull", r.Required!.Code));
        Assert.Equal(10, (await acme.CountsAsync()).Slots.Used);
        await acme.AgreesAsync();
    }

    [Theory]
    [EachDatabase]
    public async Task Of_20_rivals_for_3_licenses_exactly_3_get_one(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(
            kind,
            "licensed",
            c => c with { Licenses = [.. c.Licenses.Select(l => l.Key == "business" ? l with { Pool = 3 } : l)] }
        );
        var people = new List<Member>();
        for (var i = 0; i < 20; i++)
        {
            people.Add((await acme.ProvisionAsync($"p{i}@acme.test")).Value);
        }

        var race = await Rivals.RaceAsync(
            20,
            async i => (await new AssignLicense(acme.Store).RunAsync(Actor.Operator, acme.Id, people[i].Id, "business", default)).Refusal
        );

        Assert.Equal(3, race.Count(r => r.Required is null));
        Assert.All(race.Where(r => r.Required is not null), r => Assert.Equal("licensesFull", r.Required!.Code));
        var counts = await acme.CountsAsync();
        Assert.Equal((3, 17), (counts.License("business").Used, counts.License("pro").Used));
        await acme.AgreesAsync();
    }
}
