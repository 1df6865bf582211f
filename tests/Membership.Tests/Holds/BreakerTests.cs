using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Holds;

/// <summary>How many a directory may take out at once, and what becomes of the rest.</summary>
public sealed class BreakerTests
{
    [Theory, EachDatabase]
    public async Task The_rest_of_a_mass_leave_is_held_and_the_directory_sees_its_own_write(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { People = 3 }, people: 8);
        var states = new List<(bool Shown, MemberState State, HeldAs? Held)>();
        foreach (var id in rig.People)
        {
            var said = (await rig.SayAsync(id, false)).Value;
            states.Add((said.ShownActive(), said.State, said.HeldAs));
        }

        Assert.All(states.Take(3), s => Assert.Equal((false, MemberState.Suspended, null), s));
        Assert.All(states.Skip(3), s => Assert.Equal((false, MemberState.Active, HeldAs.Deactivation), s));
        Assert.Equal(5, (await rig.Acme.CountsAsync()).In(MemberState.Active));
        await rig.Acme.AgreesAsync();

        // told once: one line, one mail, one concern
        Assert.Single(await rig.Acme.AuditAsync(), a => a.Act == "directory.breakerOpened");
        Assert.Equal(5, (await rig.Acme.AuditAsync()).Count(a => a.Act == "member.deactivationHeld"));
        await using var db = rig.Acme.Store.Read();
        Assert.Equal(1, await db.OutboxMessages.CountAsync(m => m.Kind == OutboxKind.DirectoryMail));
        var concern = Assert.Single(await db.DirectoryConcerns.ToListAsync());
        Assert.Equal((DirectoryConcernKind.Held, rig.Directory.Id), (concern.Kind, concern.About));
        await new WatchDirectories(rig.Acme.Store).RunAsync(default);
        Assert.Equal(1, await db.OutboxMessages.CountAsync(m => m.Kind == OutboxKind.DirectoryMail));
    }

    [Theory, EachDatabase]
    public async Task One_leaver_is_never_held_and_a_window_ends(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { Percent = 1, Minutes = 60 }, people: 5);
        Assert.Null((await rig.SayAsync(rig.People[0], false)).Value.HeldAs);
        rig.Acme.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Null((await rig.SayAsync(rig.People[1], false)).Value.HeldAs);
        Assert.Equal(HeldAs.Deactivation, (await rig.SayAsync(rig.People[2], false)).Value.HeldAs);
        // while it is open, the next window brings nothing
        rig.Acme.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.False((await rig.EndAsync(rig.People[3])).Refusal is not null);
        Assert.Equal((HeldAs.Deletion, MemberState.Active), await rig.HeldAsync(rig.People[3]));
        // who leaves twice is counted once, and what follows their deactivation goes with it
        Assert.True((await rig.EndAsync(rig.People[2])).Value);
        Assert.Equal((HeldAs.Deletion, MemberState.Active), await rig.HeldAsync(rig.People[2]));
        Assert.False((await rig.EndAsync(rig.People[0])).Value); // who has no access loses none
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Without_rules_nothing_is_counted_and_nothing_held(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, null, people: 4);
        foreach (var id in rig.People)
        {
            Assert.Null((await rig.SayAsync(id, false)).Value.HeldAs);
        }

        await using var db = rig.Acme.Store.Read();
        Assert.Empty(await db.DirectoryHolds.ToListAsync());
    }

    [Theory, EachDatabase]
    public async Task Of_many_at_once_on_two_servers_exactly_as_many_go_as_may(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { People = 5 }, people: 24);
        var second = rig.Acme.SecondServer();
        var race = await Rivals.RaceAsync(
            24,
            i =>
                i % 3 == 0
                    ? EndedAsync(rig, i % 2 == 0 ? rig.Acme : second, rig.People[i])
                    : SaidAsync(rig, i % 2 == 0 ? rig.Acme : second, rig.People[i])
        );
        Assert.All(race, r => Assert.True(r.Required, "refused"));
        Assert.Equal(19, (await rig.Acme.CountsAsync()).In(MemberState.Active));
        await using var db = rig.Acme.Store.Read();
        Assert.Equal(19, await db.Members.CountAsync(m => m.HeldAs != null));
        var row = Assert.Single(await db.DirectoryHolds.ToListAsync());
        Assert.Equal((5, 5, 19, true), (row.Used, row.Most, row.Held, row.IsTripped));
        Assert.Single(await rig.Acme.AuditAsync(), a => a.Act == "directory.breakerOpened");
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task A_group_that_would_be_emptied_waits_until_an_admin_lets_it_through(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { People = 2 }, people: 9);
        var group = (
            await new CreateGroup(rig.Acme.Store).RunAsync(
                rig.Directory,
                rig.Acme.Id,
                new GroupFacts { DisplayName = "All" },
                rig.People,
                default
            )
        )
            .Value
            .Group
            .Id;
        Assert.Equal(2, (await rig.TakeOutAsync(group, rig.People.Take(2))).Value.Removed);
        Assert.Equal(2, (await rig.TakeOutAsync(group, rig.People.Skip(2).Take(2))).Value.Removed); // four of nine
        var no = (await rig.TakeOutAsync(group, rig.People.Skip(4))).Refusal!;
        Assert.Equal((RefusalKind.Unavailable, "groupHeld", TimeSpan.FromHours(1)), (no.Kind, no.Code, no.RetryAfter));
        Assert.Equal(
            "groupHeld",
            (await new DeleteGroup(rig.Acme.Store).RunAsync(rig.Directory, rig.Acme.Id, group, null, default)).Refusal!.Code
        );
        Assert.Single(await rig.Acme.AuditAsync(), a => a.Act == "directory.breakerOpened");

        var decide = new DecideHeld(rig.Acme.Store);
        Assert.True((await decide.GroupAsync(rig.Admin, rig.Acme.Id, group, HoldVerdict.Keep, default)).Done);
        Assert.Equal("groupHeld", (await rig.TakeOutAsync(group, rig.People)).Refusal!.Code);
        Assert.True((await decide.GroupAsync(rig.Admin, rig.Acme.Id, group, HoldVerdict.Release, default)).Done);
        Assert.Equal(5, (await rig.TakeOutAsync(group, rig.People)).Value.Removed);
        Assert.Equal("nothingHeld", (await decide.GroupAsync(rig.Admin, rig.Acme.Id, group, HoldVerdict.Keep, default)).Refusal!.Code);
        await using var db = rig.Acme.Store.Read();
        Assert.Empty(await db.DirectoryConcerns.ToListAsync());
    }

    private static async Task<bool> EndedAsync(HoldRig rig, TestWorkspace server, Id<Member> id) =>
        (await new EndMember(server.Store).RunAsync(rig.Directory, server.Id, id, null, default)).Done;

    private static async Task<bool> SaidAsync(HoldRig rig, TestWorkspace server, Id<Member> id) =>
        (await rig.SayAsync(id, false, server.Store)).Done;
}
