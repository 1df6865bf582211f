using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Holds;

/// <summary>What an admin decides on held words, and what becomes of those on which nobody does.</summary>
public sealed class DecideHeldTests
{
    private static readonly HoldRules OneAtATime = new() { People = 1, Days = 2 };

    [Theory, EachDatabase]
    public async Task What_is_released_is_carried_out_and_what_is_kept_stays_until_the_directory_says_otherwise(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, OneAtATime, people: 6);
        await LeaveAsync(rig, deleted: 2);
        var decide = new DecideHeld(rig.Acme.Store);
        var done = await decide.RunAsync(rig.Admin, rig.Acme.Id, [rig.People[1], rig.People[4]], HoldVerdict.Release, default);
        Assert.All(done.Value, d => Assert.Null(d.Refusal));
        Assert.Equal((null, MemberState.Suspended), await rig.HeldAsync(rig.People[1]));
        Assert.Equal((null, MemberState.Ended), await rig.HeldAsync(rig.People[4]));
        done = await decide.RunAsync(rig.Admin, rig.Acme.Id, [rig.People[2], rig.People[5], rig.People[0]], HoldVerdict.Keep, default);
        Assert.Equal([null, null, "nothingHeld"], done.Value.Select(d => d.Refusal?.Code));
        Assert.Equal((HeldAs.Deactivation, MemberState.Active), await rig.HeldAsync(rig.People[2]));
        Assert.False((await rig.Acme.ReadAsync(rig.People[2])).AwaitsDecision);

        // kept: the same word again changes nothing, nor does a deletion; the opposite one ends it
        Assert.Equal(HeldAs.Deactivation, (await rig.SayAsync(rig.People[2], false)).Value.HeldAs);
        Assert.True((await rig.EndAsync(rig.People[2])).Value);
        Assert.False((await rig.Acme.ReadAsync(rig.People[2])).AwaitsDecision);
        Assert.Equal(rig.People[5], (await rig.BringAsync("p05@acme.test")).Value.Id);
        Assert.Equal((null, MemberState.Active), await rig.HeldAsync(rig.People[5]));

        // with the last the row closes: the next who goes is one leaver again
        Assert.Null((await decide.RunAsync(rig.Admin, rig.Acme.Id, [rig.People[3]], HoldVerdict.Release, default)).Value[0].Refusal);
        await using var db = rig.Acme.Store.Read();
        Assert.Null((await db.DirectoryHolds.SingleAsync()).OpenSince);
        Assert.Empty(await db.DirectoryConcerns.ToListAsync());
        Assert.Null((await rig.SayAsync(rig.People[5], false)).Value.HeldAs);
        Assert.Equal(
            ["held.kept", "held.kept", "held.released", "held.released", "held.released"],
            (await rig.Acme.AuditAsync()).Select(a => a.Act).Where(a => a.StartsWith("held.", StringComparison.Ordinal)).Order()
        );
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task All_are_decided_on_by_a_job_in_the_name_of_whoever_decided(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, OneAtATime, people: 130);
        var boss = rig.Acme.As(
            await rig.Acme.JoinAsync("boss@acme.test", rig.Acme.Workspace.Configuration.Roles.First(r => r.IsAdmin).Key)
        );
        await LeaveAsync(rig, deleted: 20);
        Assert.True((await new DecideHeld(rig.Acme.Store).AllAsync(boss, rig.Acme.Id, HoldVerdict.Release, null, default)).Done);
        var summary = (await new ListHeld(rig.Acme.Store).SummaryAsync(boss, rig.Acme.Id, default)).Value;
        Assert.Equal((29, 100), (summary.People, summary.Working!.Done)); // the first are done at once
        var late = await rig.Acme.ReadAsync(rig.People[0]);
        Assert.Equal(MemberState.Suspended, late.State);
        await using var db = rig.Acme.Store.Read();
        var message = await db.OutboxMessages.SingleAsync(m => m.Kind == OutboxKind.HeldDecided);
        Assert.Equal(Delivery.Done, await new WorkHeld(rig.Acme.SecondServer().Store).DeliverAsync(message, default));
        Assert.Equal(0, (await new ListHeld(rig.Acme.Store).SummaryAsync(boss, rig.Acme.Id, default)).Value.People);
        Assert.Equal(129, (await rig.Acme.AuditAsync()).Count(a => a.Act == "held.released" && a.ActorId == boss.Id));
        Assert.Null((await db.DirectoryHolds.AsNoTracking().SingleAsync()).OpenSince);
        Assert.Equal(20, (await rig.Acme.CountsAsync()).In(MemberState.Ended));
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task On_whom_nobody_decides_in_time_the_workspaces_word_counts(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, OneAtATime, people: 4);
        await LeaveAsync(rig, deleted: 1);
        var carry = new CarryOutHolds(rig.Acme.Store);
        Assert.Equal(0, await carry.RunAsync(default));
        rig.Acme.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(3, await carry.RunAsync(default));
        Assert.Equal(3, (await rig.Acme.CountsAsync()).In(MemberState.Active));
        await using (var db = rig.Acme.Store.Read())
        {
            Assert.Equal(3, await db.Members.CountAsync(m => m.HeldAs != null && m.HeldUntil == null));
            Assert.Null((await db.DirectoryHolds.SingleAsync()).OpenSince);
        }

        await rig.RulesAsync(OneAtATime with { OnDeadline = HoldDeadline.Release });
        var eve = (await rig.BringAsync("eve@acme.test")).Value.Id;
        var sam = (await rig.BringAsync("sam@acme.test")).Value.Id;
        await rig.SayAsync(eve, false);
        Assert.Equal(HeldAs.Deactivation, (await rig.SayAsync(sam, false)).Value.HeldAs);
        rig.Acme.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await carry.RunAsync(default));
        Assert.Equal((null, MemberState.Suspended), await rig.HeldAsync(sam));
        Assert.Contains(await rig.Acme.AuditAsync(), a => a is { Act: "held.released", Reason: "nobody decided in time" });
        await rig.Acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Who_takes_part_in_no_directory_matters_decides_nothing_and_the_last_admin_stays(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { Mode = HoldMode.HoldDangerous }, people: 2);
        await LeaveAsync(rig, deleted: 0);
        var some = rig.Acme.As(await rig.Acme.JoinAsync("some@acme.test"));
        var decide = new DecideHeld(rig.Acme.Store);
        Assert.Equal("forbidden", (await decide.RunAsync(some, rig.Acme.Id, rig.People, HoldVerdict.Release, default)).Refusal!.Code);
        Assert.Equal("forbidden", (await decide.AllAsync(some, rig.Acme.Id, HoldVerdict.Release, null, default)).Refusal!.Code);
        Assert.Equal("forbidden", (await new ListHeld(rig.Acme.Store).SummaryAsync(some, rig.Acme.Id, default)).Refusal!.Code);
        Assert.Equal(3, (await rig.Acme.CountsAsync()).In(MemberState.Active));
        await rig.Acme.AgreesAsync();
    }

    /// <summary>
    /// Rounds of a directory that goes on, admins who decide against each other, and a second server: counts stay exact, and nobody is left
    /// in a state that does not follow.
    /// </summary>
    [Theory, EachDatabase]
    public async Task Rivals_of_every_kind_leave_a_workspace_that_agrees(Database kind)
    {
        await using var rig = await HoldRig.NewAsync(kind, new HoldRules { People = 2 }, people: 8);
        var second = rig.Acme.SecondServer();
        for (var round = 0; round < 60; round++)
        {
            var race = await Rivals.RaceAsync(
                10,
                async i =>
                {
                    var store = i % 2 == 0 ? rig.Acme.Store : second.Store;
                    var id = rig.People[(i + round) % rig.People.Count];
                    switch ((i + round) % 5)
                    {
                        case 0:
                            return (await rig.SayAsync(id, false, store)).Refusal?.Code ?? "";
                        case 1:
                            return (await rig.SayAsync(id, true, store)).Refusal?.Code ?? "";
                        case 2:
                            return (await new DecideHeld(store).RunAsync(rig.Admin, rig.Acme.Id, [id], HoldVerdict.Release, default))
                                    .Refusal
                                    ?.Code
                                ?? "";
                        case 3:
                            return (await new DecideHeld(store).RunAsync(rig.Admin, rig.Acme.Id, [id], HoldVerdict.Keep, default))
                                    .Refusal
                                    ?.Code
                                ?? "";
                        default:
                            return (await new DecideHeld(store).AllAsync(rig.Admin, rig.Acme.Id, HoldVerdict.Keep, null, default))
                                    .Refusal
                                    ?.Code
                                ?? "";
                    }
                }
            );
            Assert.All(race, r => Assert.True(r.Required is "" or "nothingHeld", r.Required));
            rig.Acme.Clock.Advance(TimeSpan.FromMinutes(7));
        }

        rig.Acme.Clock.Advance(TimeSpan.FromDays(4));
        await new WorkHeld(rig.Acme.Store).TurnAsync(rig.Acme.Id, default);
        await new CarryOutHolds(rig.Acme.Store).RunAsync(default);
        await new CarryOutHolds(rig.Acme.Store).RunAsync(default);
        await using var db = rig.Acme.Store.Read();
        Assert.Equal(0, await db.Members.CountAsync(m => m.HeldAs != null && m.HeldUntil != null));
        Assert.All(await db.DirectoryHolds.ToListAsync(), h => Assert.Null(h.OpenSince));
        await rig.Acme.AgreesAsync();
    }

    // the first goes, the others are held, the last of them as deleted
    private static async Task LeaveAsync(HoldRig rig, int deleted)
    {
        for (var i = 0; i < rig.People.Count; i++)
        {
            if (i >= rig.People.Count - deleted)
            {
                Assert.True((await rig.EndAsync(rig.People[i])).Value);
            }
            else
            {
                Assert.True((await rig.SayAsync(rig.People[i], false)).Done);
            }
        }
    }
}
