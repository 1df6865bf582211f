using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Tests.Rules;
using UserManagement.Membership.Undo;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Undo;

/// <summary>What a directory did by mistake, and that everything is as before once its cycle is undone.</summary>
public sealed class UndoCycleTests
{
    [Theory, EachDatabase]
    public async Task Many_who_were_deactivated_are_in_again_and_the_directory_s_word_is_kept_in_mind(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: Roomy);
        var bench = new UndoBench(acme);
        var people = await bench.MakeAsync(200);
        await bench.GroupAsync("All", people);
        var before = await bench.StateAsync();
        var cycle = await bench.CycleAsync(() => bench.SayAsync(people, f => f with { Active = false }));
        Assert.Equal(0, (await acme.CountsAsync()).Slots.Used);

        var preview = await bench.PreviewAsync(cycle);
        Assert.Equal((200, 200, 0), (preview.Total, preview.ActiveAgain, preview.LeftCount));
        Assert.Equal((200, null), (preview.SeatsNeeded, preview.SeatsFree));
        var unconfirmed = await new UndoCycle(acme.Store).RunAsync(Actor.Operator, acme.Id, cycle, null, default);
        Assert.Equal("confirmUndo", unconfirmed.Refusal?.Code);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var done = await bench.UndoAsync(cycle, boss);
        Assert.Equal((200, 200, 0), (done.Run.Total, done.Run.Seen, done.Run.LeftOut));
        Assert.Equal(before, (await bench.StateAsync()).Where(s => !s.Contains(boss.Id!.Value.ToString(), StringComparison.Ordinal)));
        var one = await acme.ReadAsync(people[7].Id);
        Assert.Equal((false, HeldAs.Deactivation, null), (one.DirectoryActive!.Value, one.HeldAs!.Value, one.HeldUntil));
        Assert.Contains(await acme.AuditAsync(), a => a.Act == "cycle.undone" && a.ActorId == boss.Id);
        Assert.Equal(
            200,
            (await acme.AuditAsync()).Count(a =>
                a.Act == "member.undone" && a.Reason == "Cycle 1 of Okta was undone." && a.ActorId == boss.Id
            )
        );

        // it is undone once, and the directory's next word counts
        Assert.Equal("alreadyUndone", (await new UndoCycle(acme.Store).RunAsync(boss, acme.Id, cycle, 200, default)).Refusal?.Code);
        Assert.Equal("alreadyUndone", (await new PreviewUndo(acme.Store).RunAsync(boss, acme.Id, cycle, default)).Refusal?.Code);
        Assert.Null((await bench.SayAsync(people[7].Id, f => f with { Active = true })).Value.HeldAs);
    }

    [Theory, EachDatabase]
    public async Task Many_who_were_deleted_are_here_again_under_their_ids_in_their_groups_and_found_by_what_they_were(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: Roomy);
        var bench = new UndoBench(acme);
        var people = await bench.MakeAsync(60);
        var out_ = await bench.MakeAsync("out", active: false);
        await bench.GroupAsync("Half", people.Take(30));
        await bench.GroupAsync("Third", people.Take(20).Append(out_));
        var before = await bench.StateAsync();
        var cycle = await bench.CycleAsync(async () =>
        {
            foreach (var one in people.Append(out_))
            {
                Assert.True((await bench.DeleteAsync(one.Id)).Done);
            }
        });
        var preview = await bench.PreviewAsync(cycle);
        Assert.Equal((61, 31, 60), (preview.BackAfterDeletion, preview.BackInGroups, preview.SeatsNeeded));
        var done = await bench.UndoAsync(cycle);
        Assert.Empty(done.Left);
        Assert.Equal(before, await bench.StateAsync());
        Assert.Equal(HeldAs.Deletion, (await acme.ReadAsync(people[3].Id)).HeldAs);

        // the directory brings one in again: the same person
        var again = await bench.MakeAsync("p003");
        Assert.Equal((people[3].Id, null), (again.Id, again.HeldAs));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Groups_that_were_emptied_deleted_renamed_and_made_are_as_before_with_the_roles_that_rules_gave(Database kind)
    {
        await using var acme = await RuleBench.WorkspaceAsync(kind, Roomy);
        var (bench, rules) = (new UndoBench(acme), new RuleBench(acme));
        var people = await bench.MakeAsync(40);
        var (editors, gone, large) = (
            await bench.GroupAsync("Editors", people.Take(30)),
            await bench.GroupAsync("Gone", people.Skip(5)),
            await bench.GroupAsync("Named", people.Take(2))
        );
        var ours = await rules.GroupAsync("Ours", byDirectory: false);
        await rules.MakeAsync(RuleBench.Draft("Edits", editors, "editor", null, ours.Id));
        Assert.Equal(30, (await acme.CountsAsync()).WithRole("editor"));
        var before = await bench.StateAsync();
        var cycle = await bench.CycleAsync(async () =>
        {
            Assert.True((await bench.MoveAsync(editors, MembershipStepKind.Set, people.Skip(39))).Done);
            Assert.True((await bench.RenameAsync(large, "Renamed")).Done);
            Assert.True((await bench.DeleteAsync(gone)).Done);
            await bench.GroupAsync("Gone", people.Take(3));
            Assert.True((await bench.DeleteAsync(people[10].Id)).Done);
        });
        Assert.Equal(1, (await acme.CountsAsync()).WithRole("editor"));
        var preview = await bench.PreviewAsync(cycle);
        Assert.Equal((1, 1, 1), (preview.GroupsBack, preview.GroupsDeleted, preview.GroupsRevised));
        Assert.Equal((40, 1), (preview.BackInGroups, preview.OutOfGroups));
        var done = await bench.UndoAsync(cycle);
        await rules.WorkAsync();
        Assert.Empty(done.Left);
        Assert.Equal(before, await bench.StateAsync());
        Assert.Equal(30, (await acme.CountsAsync()).WithRole("editor"));
    }

    [Theory, EachDatabase]
    public async Task A_large_group_that_was_emptied_is_filled_again_though_an_audit_line_names_no_more_than_some(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: Roomy);
        var bench = new UndoBench(acme);
        var people = await bench.MakeAsync(230);
        var all = await bench.GroupAsync("All", people);
        var before = await bench.StateAsync();
        var cycle = await bench.CycleAsync(async () => Assert.True((await bench.MoveAsync(all, MembershipStepKind.Set)).Done));
        Assert.Equal((1, 230), ((await bench.PreviewAsync(cycle)).Total, (await bench.PreviewAsync(cycle)).BackInGroups));
        _ = await bench.UndoAsync(cycle);
        Assert.Equal(before, await bench.StateAsync());
    }

    [Theory, EachDatabase]
    public async Task A_wrong_mapping_and_names_that_went_round_are_taken_back_in_reverse_order(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: Roomy);
        var bench = new UndoBench(acme);
        var people = await bench.MakeAsync(12);
        var talker = await bench.MakeAsync("talker", UndoBench.Document("talker", new string('x', 9000)));
        var before = await bench.StateAsync(withWord: true);
        var cycle = await bench.CycleAsync(async () =>
        {
            await bench.SayAsync(
                people.Append(talker),
                f =>
                    f with
                    {
                        DisplayName = "Wrong",
                        GivenName = f.UserName,
                        Email = "all@acme.test",
                        Document = UndoBench.Document("all", "Wrong"),
                        Keys = [],
                    }
            );
            // a chain, and two who change names with one another
            foreach (var (who, name) in new[] { (11, "free"), (10, "p011"), (9, "p010"), (0, "between"), (1, "p000"), (0, "p001") })
            {
                Assert.True((await bench.SayAsync(people[who].Id, f => f with { UserName = name + "@acme.test" })).Done);
            }
        });
        var preview = await bench.PreviewAsync(cycle);
        Assert.Equal((13, 13), (preview.Total, preview.Revised));
        var done = await bench.UndoAsync(cycle);
        Assert.Equal((0, 13), (done.Run.LeftOut, done.Run.Seen));
        Assert.Equal(before, await bench.StateAsync(withWord: true));
    }

    [Theory, EachDatabase]
    public async Task Whom_the_directory_made_by_mistake_goes_and_whom_somebody_changed_since_is_left_and_told(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: Roomy);
        var bench = new UndoBench(acme);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var people = await bench.MakeAsync(5);
        List<Member> made = [];
        var cycle = await bench.CycleAsync(async () =>
        {
            await bench.SayAsync(people, f => f with { Active = false, DisplayName = "Wrong" });
            foreach (var i in Enumerable.Range(0, 12))
            {
                made.Add(await bench.MakeAsync($"new{i}"));
            }
        });

        // by an admin, and by a second cycle
        Assert.True((await acme.AssignAsync(boss, made[0].Id, "viewer")).Done);
        var second = await bench.CycleAsync(async () =>
        {
            await bench.SayAsync([people[0]], f => f with { Active = true });
            await bench.SayAsync([people[1], made[1]], f => f with { DisplayName = "Right" });
            Assert.True((await bench.DeleteAsync(people[2].Id)).Done);
        });
        var preview = await bench.PreviewAsync(cycle);
        Assert.Equal((10, 3, 4), (preview.Ended, preview.ActiveAgain, preview.LeftCount));
        var done = await bench.UndoAsync(cycle, boss);
        Assert.Equal((17, 4), (done.Run.Seen, done.Run.LeftOut));
        Assert.Contains(done.Left, l => l.TargetId == made[0].Id.Value && l.Reason!.Contains(boss.Name, StringComparison.Ordinal));
        Assert.Contains(
            done.Left,
            l =>
                l.TargetId == people[1].Id.Value
                && l.Reason!.StartsWith("The display name was changed since by Okta", StringComparison.Ordinal)
        );
        Assert.Contains(
            done.Left,
            l => l.TargetId == people[2].Id.Value && l.Reason!.StartsWith("The person was deleted since", StringComparison.Ordinal)
        );
        Assert.Equal("Right", (await acme.ReadAsync(people[1].Id)).DisplayName);
        Assert.Equal(
            ("p003", MemberState.Active),
            ((await acme.ReadAsync(people[3].Id)).DisplayName, (await acme.ReadAsync(people[3].Id)).State)
        );
        Assert.Equal(MemberState.Active, (await acme.ReadAsync(made[1].Id)).State);
        Assert.Equal(MemberState.Ended, (await acme.ReadAsync(made[5].Id)).State);

        // the second cycle in its turn: it was done on what the first had left
        var more = await bench.UndoAsync(second, boss);
        Assert.Equal((4, MemberState.Suspended), (more.Run.Total, (await acme.ReadAsync(people[0].Id)).State));
        Assert.Equal("Wrong", (await acme.ReadAsync(people[1].Id)).DisplayName);
    }

    [Theory, EachDatabase]
    public async Task Two_cycles_undone_one_after_the_other_from_the_last_leave_what_was_before_both(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: Roomy);
        var bench = new UndoBench(acme);
        var people = await bench.MakeAsync(6);
        var group = await bench.GroupAsync("G", people.Take(4));
        var before = await bench.StateAsync();
        var first = await bench.CycleAsync(async () =>
        {
            await bench.SayAsync(people, f => f with { DisplayName = "One", Active = false });
            Assert.True((await bench.MoveAsync(group, MembershipStepKind.Set, people.Skip(3))).Done);
        });
        var second = await bench.CycleAsync(async () =>
        {
            await bench.SayAsync(people, f => f with { DisplayName = "Two", Active = true });
            Assert.True((await bench.MoveAsync(group, MembershipStepKind.Set, people)).Done);
            Assert.True((await bench.DeleteAsync(people[0].Id)).Done);
        });
        var lone = await bench.PreviewAsync(first);
        Assert.Equal((0, 7), (lone.ActiveAgain + lone.Revised + lone.BackInGroups, lone.LeftCount));
        Assert.Empty((await bench.UndoAsync(second)).Left);
        Assert.Empty((await bench.UndoAsync(first)).Left);
        Assert.Equal(before, await bench.StateAsync());
    }

    [Theory, EachDatabase]
    public async Task Seats_are_never_passed_and_who_finds_none_is_told(Database kind)
    {
        foreach (var policy in new[] { OnFull.Refuse, OnFull.Downgrade })
        {
            await using var acme = await TestWorkspace.NewAsync(
                kind,
                change: c => c with { Capacity = c.Capacity with { Seats = 10, OnFull = policy } }
            );
            var bench = new UndoBench(acme);
            var people = await bench.MakeAsync(10);
            Assert.Equal(10, (await acme.CountsAsync()).Seats.Used);
            var cycle = await bench.CycleAsync(() => bench.SayAsync(people, f => f with { Active = false }));
            foreach (var i in Enumerable.Range(0, 4))
            {
                Assert.True((await acme.ProvisionAsync($"new{i}@acme.test")).Value.HasSeat);
            }

            var preview = await bench.PreviewAsync(cycle);
            Assert.Equal((10, 6L), (preview.SeatsNeeded, preview.SeatsFree));
            var done = await bench.UndoAsync(cycle);
            Assert.Equal((4, 10L), (done.Run.LeftOut, (await acme.CountsAsync()).Seats.Used));
            Assert.All(done.Left, l => Assert.StartsWith("No seat is free", l.Reason, StringComparison.Ordinal));
            Assert.All(done.Left, l => Assert.Equal(policy == OnFull.Refuse ? UndoEnd.Left : UndoEnd.Partly, l.End));
        }
    }

    [Theory, EachDatabase]
    public async Task An_undo_goes_on_after_a_restart_beside_another_server_and_against_live_writes(Database kind)
    {
        // USERMANAGEMENT_UNDO_ROUNDS asks for many rounds with fewer people
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("USERMANAGEMENT_UNDO_ROUNDS"), out var asked) ? asked : 1;
        for (var round = 0; round < rounds; round++)
        {
            await UndoAmidWritesAsync(kind, rounds > 1 ? 12 : 60);
        }
    }

    private static async Task UndoAmidWritesAsync(Database kind, int size)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: Roomy);
        var bench = new UndoBench(acme);
        var people = await bench.MakeAsync(size);
        var group = await bench.GroupAsync("G", people);
        var cycle = await bench.CycleAsync(async () =>
        {
            await bench.SayAsync(people, f => f with { Active = false, DisplayName = "Wrong" });
            Assert.True((await bench.MoveAsync(group, MembershipStepKind.Set)).Done);
        });
        _ = (await bench.BeginAsync(cycle)).Value;
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        _ = await new WorkCycleUndo(acme.Store).DeliverAsync(bench.Message(cycle), stopped.Token); // a server that goes down at once
        var second = acme.SecondServer();
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        var tasks = new List<Func<Task>> { () => bench.WorkAsync(cycle), () => bench.WorkAsync(cycle, second) };
        foreach (var i in Enumerable.Range(0, size))
        {
            tasks.Add(
                i % 3 == 0 ? async () => await bench.SayAsync(people[i].Id, f => f with { DisplayName = "Right" })
                : i % 3 == 1 ? async () => await new SuspendMember(acme.Store).RunAsync(boss, acme.Id, people[i].Id, default)
                : async () => await bench.MoveAsync(group, MembershipStepKind.Add, people[i])
            );
        }

        await Task.WhenAll(tasks.Select(t => Task.Run(t)));
        await bench.WorkAsync(cycle);
        await acme.AgreesAsync();
        var done = await bench.ReadAsync(cycle);
        Assert.Equal(size + 1, done.Run.Seen);
        foreach (var (i, one) in people.Index())
        {
            var now = await acme.ReadAsync(one.Id);
            Assert.Equal(i % 3 == 1 ? MemberState.Suspended : MemberState.Active, now.State);
            Assert.Contains(now.DisplayName, i % 3 == 0 ? ["Right"] : new[] { $"p{i:D3}" });
        }

        await using var db = acme.Store.Read();
        Assert.Equal(size, await db.GroupMembers.CountAsync(g => g.GroupId == group.Id));
        Assert.Equal(size + 1, await db.CycleUndoItems.CountAsync());
    }

    [Theory, EachDatabase]
    public async Task The_last_admin_stays_nobody_reaches_above_themselves_and_an_erased_person_leaves_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, change: Roomy);
        var bench = new UndoBench(acme);
        var people = await bench.MakeAsync(3);
        await bench.GroupAsync("G", people);
        var lone = await acme.JoinAsync("lone@acme.test", "admin");
        var cycle = await bench.CycleAsync(async () =>
        {
            Assert.True((await bench.DeleteAsync(people[0].Id)).Done);
            Assert.True((await bench.DeleteAsync(people[1].Id)).Done);
            Assert.True((await bench.SayAsync(lone.Id, f => f with { DisplayName = "Wrong" })).Done);
        });
        await using (var db = acme.Store.Read())
        {
            Assert.Equal(2, await db.CycleNotes.CountAsync());
        }

        Assert.True((await new ErasePerson(acme.Store).RunAsync(Actor.Operator, acme.Id, people[0].Id, default)).Done);
        var done = await bench.UndoAsync(cycle);
        Assert.Equal("The person was erased since.", Assert.Single(done.Left).Reason);
        Assert.Null((await acme.ReadAsync(lone.Id)).DisplayName);
        await using (var db = acme.Store.Read())
        {
            Assert.Single(await db.CycleNotes.ToListAsync());
        }

        // who may not manage people and groups is told so
        var viewer = acme.As(await acme.JoinAsync("viewer@acme.test", "viewer"));
        Assert.Equal("forbidden", (await new UndoCycle(acme.Store).RunAsync(viewer, acme.Id, cycle, 3, default)).Refusal?.Code);
        Assert.Equal(
            "notFound",
            (await new UndoCycle(acme.Store).RunAsync(Actor.Operator, acme.Id, new(Guid.CreateVersion7()), 3, default)).Refusal?.Code
        );
    }

    private static WorkspaceConfiguration Roomy(WorkspaceConfiguration c) => c with { Capacity = c.Capacity with { Seats = null } };
}
