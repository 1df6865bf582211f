using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Roles;

/// <summary>Invariant 1: at least one admin who can sign in, through every door.</summary>
public sealed class LastAdminTests
{
    [Theory, EachDatabase]
    [Shows("S4-04")]
    public async Task The_last_admin_goes_by_no_door(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admin = await acme.JoinAsync("ada@acme.test", "admin");
        // An admin whom nobody can sign in as does not count.
        await acme.AssignAsync(Actor.Operator, (await acme.ProvisionAsync("ghost@acme.test")).Value.Id, "admin");
        await acme.JoinAsync("bob@acme.test", "member");
        var before = await acme.ReadAsync(admin.Id);

        Refusal?[] refusals =
        [
            (await acme.AssignAsync(Actor.Operator, admin.Id, "member")).Refusal,
            (await acme.AssignAsync(Actor.Operator, admin.Id, "viewer")).Refusal,
            (await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, admin.Id, default)).Refusal,
            (await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, admin.Id, default)).Refusal,
            (await acme.SayAsync(admin.Id, active: false)).Refusal,
            (await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, admin.Id, null, default)).Refusal,
        ];

        Assert.All(refusals, r => Assert.Equal("lastAdmin", r?.Code));
        Assert.Equal(before, await acme.ReadAsync(admin.Id));
        Assert.Equal(1, (await acme.CountsAsync()).Admins);
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task With_a_second_admin_each_door_lets_one_go(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.JoinAsync("stays@acme.test", "admin");
        var going = new List<Member>();
        for (var i = 0; i < 5; i++)
        {
            going.Add(await acme.JoinAsync($"a{i}@acme.test", "admin"));
        }

        Assert.True((await acme.AssignAsync(Actor.Operator, going[0].Id, "viewer")).Done);
        Assert.True((await new RemoveMember(acme.Store).RunAsync(Actor.Operator, acme.Id, going[1].Id, default)).Done);
        Assert.True((await new SuspendMember(acme.Store).RunAsync(Actor.Operator, acme.Id, going[2].Id, default)).Done);
        Assert.True((await acme.SayAsync(going[3].Id, active: false)).Done);
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, going[4].Id, null, default)).Done);

        var counts = await acme.CountsAsync();
        Assert.Equal((1, 1), (counts.Admins, counts.Seats.Used));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    [Shows("S4-04")]
    public async Task Two_admins_who_demote_each_other_200_times_at_once_never_leave_none(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var one = await acme.JoinAsync("one@acme.test", "admin");
        var two = await acme.JoinAsync("two@acme.test", "admin");

        for (var round = 0; round < 200; round++)
        {
            var race = await Rivals.RaceAsync<Refusal?>([
                () => LoseAsync(acme.As(one), two.Id, round),
                () => LoseAsync(acme.As(two), one.Id, round + 1),
            ]);
            var codes = race.Select(r => r.Required?.Code).ToList();
            Assert.Single(codes, code => code is null);
            Assert.Single(codes, code => code == "lastAdmin");
            Assert.Equal(1, (await acme.CountsAsync()).Admins);

            // Whoever is left makes the other an admin again.
            foreach (var id in new[] { one.Id, two.Id })
            {
                if ((await acme.ReadAsync(id)).State != MemberState.Active)
                {
                    Assert.True((await new RestoreMember(acme.Store).RunAsync(Actor.Operator, acme.Id, id, default)).Done);
                }

                Assert.True((await acme.AssignAsync(Actor.Operator, id, "admin")).Done);
            }
        }

        await acme.AgreesAsync();

        async Task<Refusal?> LoseAsync(Actor actor, Id<Member> other, int how) =>
            (how % 3) switch
            {
                0 => (await acme.AssignAsync(actor, other, "member")).Refusal,
                1 => (await new SuspendMember(acme.Store).RunAsync(actor, acme.Id, other, default)).Refusal,
                _ => (await new RemoveMember(acme.Store).RunAsync(actor, acme.Id, other, default)).Refusal,
            };
    }

    [Theory, EachDatabase]
    public async Task Of_five_admins_all_ended_by_the_directory_at_once_one_is_left(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var admins = new List<Member>();
        for (var i = 0; i < 5; i++)
        {
            admins.Add(await acme.JoinAsync($"a{i}@acme.test", "admin"));
        }

        var race = await Rivals.RaceAsync(
            5,
            async i => (await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, admins[i].Id, null, default)).Refusal?.Code
        );

        Assert.Equal(["lastAdmin"], race.Select(r => r.Required).OfType<string>());
        await using var db = acme.Store.Read();
        Assert.Equal(1, await db.Members.CountAsync(m => m.WorkspaceId == acme.Id && m.State == MemberState.Active && m.Role == "admin"));
        await acme.AgreesAsync();
    }
}
