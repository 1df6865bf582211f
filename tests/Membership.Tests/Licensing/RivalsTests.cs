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
    public async Task Of_200_rivals_over_four_doors_exactly_10_hold_a_seat_at_every_moment(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: c => c with { Capacity = c.Capacity with { Seats = Seats, OnFull = OnFull.Refuse } });
        var suspended = new List<Member>();
        var viewers = new List<Member>();
        var invited = new List<(string Name, string Secret)>();
        for (var i = 0; i < 50; i++)
        {
            suspended.Add((await acme.ProvisionAsync($"asleep{i}@acme.test", active: false)).Value);
            viewers.Add(await acme.JoinAsync($"viewer{i}@acme.test", "viewer"));
            var name = $"guest{i}@acme.test";
            invited.Add((name, (await new InvitePeople(acme.Store).RunAsync(Actor.Operator, acme.Id, new() { UserNames = [name], Role = "member" }, default)).Value[0].Outcome.Value.LinkSecret));
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
                var race = await Rivals.RaceAsync(200, async i => (i % 4) switch
                {
                    0 => (await acme.ProvisionAsync($"new{i / 4}@acme.test")).Refusal,
                    1 => (await acme.SayAsync(suspended[i / 4].Id, active: true)).Refusal,
                    2 => (await acme.RedeemAsync(invited[i / 4].Secret, invited[i / 4].Name)).Refusal,
                    _ => (await new AssignRole(acme.Store).RunAsync(Actor.Operator, acme.Id, viewers[i / 4].Id, "member", default)).Refusal,
                });
                outcomes = [.. race.Select(r => r.Fault is null ? r.Value : throw new InvalidOperationException("A rival died.", r.Fault))];
                ran = true;
            });

        Assert.True(ran);
        Assert.Equal(Seats, outcomes.Count(o => o is null));
        Assert.All(outcomes.Where(o => o is not null), o => Assert.Equal("seatsFull", o!.Code));
        Assert.All(samples, s => Assert.InRange(s.Value, 0, Seats));
        await using var end = acme.Store.Read();
        Assert.Equal(Seats, await end.Members.CountAsync(m => m.WorkspaceId == acme.Id && m.HasSeat));
        Assert.Equal(Seats, (await acme.CountsAsync()).Seats.Used);
        await acme.AgreesAsync();
    }
}
