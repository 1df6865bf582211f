using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

public sealed class GroupCommitTests
{
    [Theory, EachDatabase]
    public async Task Who_leaves_together_with_somebody_who_fails_fares_as_if_alone(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var race = await Rivals.RaceAsync(60, i => acme.ProvisionAsync(i % 3 == 0 ? "same@acme.test" : $"p{i}@acme.test"));
        Assert.Equal(41, race.Count(r => r.Required.Done));
        Assert.All(race.Where(r => !r.Required.Done), r => Assert.Equal("userNameTaken", r.Required.Refusal!.Code));
        await acme.AgreesAsync();
    }

    [Theory, EachDatabase]
    public async Task Acts_of_several_workspaces_at_once_count_each_in_its_own(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var other = await acme.OtherAsync();
        var facts = (int i) => new MemberAttributes { UserName = $"p{i}@acme.test", Active = true };
        var race = await Rivals.RaceAsync(
            40,
            i => new ProvisionMember(acme.Store).RunAsync(Access.Actor.Operator, i % 2 == 0 ? acme.Id : other.Id, facts(i), default)
        );
        Assert.All(race, r => Assert.True(r.Required.Done));
        await using (var db = acme.Store.Read())
        {
            Assert.Equal((20, 20), (db.Members.Count(m => m.WorkspaceId == acme.Id), db.Members.Count(m => m.WorkspaceId == other.Id)));
        }

        await acme.AgreesAsync();
    }

    /// <summary>Where many write at a time, a lock on one workspace's count holds up that workspace alone.</summary>
    [Fact]
    public async Task A_lock_on_one_workspaces_count_holds_up_nobody_else()
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres);
        var others = new List<TestWorkspace>();
        for (var i = 0; i < 4; i++)
        {
            others.Add(await acme.OtherAsync($"other{i}"));
        }

        await using var db = acme.Store.Read();
        await using var held = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"SELECT used FROM tallies WHERE workspace_id = {acme.Id.Value} FOR UPDATE");
        var here = Enumerable.Range(0, 60).Select(i => acme.ProvisionAsync($"p{i}@acme.test")).ToList();
        var race = await Rivals.RaceAsync(80, async i => (await others[i % others.Count].ProvisionAsync($"p{i}@acme.test")).Done);
        Assert.All(race, r => Assert.True(r.Required));
        Assert.All(here, task => Assert.False(task.IsCompleted));
        await held.RollbackAsync();
        Assert.All(await Task.WhenAll(here), o => Assert.True(o.Done, o.Refusal?.Code));
        await acme.AgreesAsync();
    }

    /// <summary>
    /// Workspaces share a commit, also with one that is held up: then those beside it are written all the same, and it waits by itself.
    /// </summary>
    [Fact]
    public async Task Workspaces_are_committed_together_and_one_that_is_held_up_goes_on_alone()
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres);
        List<TestWorkspace> others = [await acme.OtherAsync("one"), await acme.OtherAsync("two"), await acme.OtherAsync("three")];
        using var gate = new ManualResetEventSlim();
        var opened = 0;
        var commits = new GroupCommit(() =>
        {
            if (Interlocked.Increment(ref opened) == 2) // the first is the constructor's
            {
                gate.Wait();
            }

            return acme.Store.Read();
        });
        await using var db = acme.Store.Read();
        Changes Line(TestWorkspace of, bool isCounted = false)
        {
            var changes = new Changes(db, Access.Actor.Operator, acme.Clock);
            changes.Tell("member.provisioned", of.Id, ("workspace", of.Id.Value, null));
            if (isCounted)
            {
                changes.Execute(new("UPDATE tallies SET used = used WHERE workspace_id = @p0", [Value.Of("@p0", of.Id.Value)], null, null));
            }

            return changes;
        }

        var first = Task.Run(() => commits.CommitAsync(others[0].Id, Line(others[0]), default));
        await Until.TrueAsync(() => Volatile.Read(ref opened) == 2, "the first is about to be written");
        var together = Enumerable.Range(0, 12).Select(i => commits.CommitAsync(others[i % 3].Id, Line(others[i % 3]), default)).ToList();
        gate.Set();
        Assert.All(await Task.WhenAll([first, .. together]), one => Assert.True(one.IsDone));
        Assert.Equal(3, opened); // twelve acts of three workspaces in one

        await using var held = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"SELECT used FROM tallies WHERE workspace_id = {acme.Id.Value} FOR UPDATE");
        gate.Reset();
        opened = 1;
        first = Task.Run(() => commits.CommitAsync(others[0].Id, Line(others[0]), default));
        await Until.TrueAsync(() => Volatile.Read(ref opened) == 2, "the first is about to be written");
        var here = commits.CommitAsync(acme.Id, Line(acme, isCounted: true), default);
        together = [.. others.Select(other => commits.CommitAsync(other.Id, Line(other), default))];
        gate.Set();
        Assert.All(await Task.WhenAll([first, .. together]), one => Assert.True(one.IsDone));
        Assert.False(here.IsCompleted);
        await held.RollbackAsync();
        Assert.True((await here).IsDone);
    }

    /// <summary>Also of acts that come one after the other, each when those before it are held up already.</summary>
    [Fact]
    public async Task Acts_that_are_held_up_take_few_connections_however_they_come()
    {
        const int most = 6;
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres);
        await using var db = acme.Store.Read();
        await using var held = await db.Database.BeginTransactionAsync();
        await db.Database.ExecuteSqlAsync($"LOCK TABLE audit_entries IN SHARE MODE");
        var (clock, opened) = (new HandClock(), 0);
        var commits = new GroupCommit(() => Interlocked.Increment(ref opened) > 0 ? acme.Store.Read() : null!, clock);
        opened = 0;
        var here = new List<Task<CommitResult>>();
        for (var i = 0; i < 14; i++)
        {
            var changes = new Changes(db, Access.Actor.Operator, acme.Clock);
            changes.Tell("member.provisioned", acme.Id, ("workspace", acme.Id.Value, null));
            here.Add(commits.CommitAsync(acme.Id, changes, default));
            if (i < most)
            {
                // the first is given up in the queue of all and opened once more in that of its workspace
                await Until.TrueAsync(() => IsOpened(i + 2), $"act {i + 1} leaves beside those before it");
            }
        }

        // whoever is under way is held up for as long as it takes until the next one leaves
        bool IsOpened(int times)
        {
            if (Volatile.Read(ref opened) >= times)
            {
                return true;
            }

            if (clock.Waiting > 0)
            {
                clock.Advance(GroupCommit.Patience);
            }

            return false;
        }

        const string locked =
            "SELECT count(*) AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        await Until.TrueAsync(
            async () =>
            {
                await using var looks = acme.Store.Read(); // within a transaction the database goes on telling what it told first
                return await looks.Database.SqlQueryRaw<long>(locked).SingleAsync() >= most;
            },
            $"{most} commits wait for the lock"
        );
        await clock.UntilWaitingAsync(); // the last that may leave has left
        clock.Advance(GroupCommit.Patience);
        Assert.False(IsOpened(most + 2));
        Assert.All(here, one => Assert.False(one.IsCompleted));
        await held.RollbackAsync();
        Assert.All(await Task.WhenAll(here), one => Assert.True(one.IsDone));
        Assert.Equal(most + 2, opened); // the other eight left together
    }

    [Theory, EachDatabase]
    public async Task Who_has_gone_before_the_departure_writes_nothing(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await using var db = acme.Store.Read();
        var changes = new Changes(db, Access.Actor.Operator, acme.Clock);
        changes.Tell("member.provisioned", acme.Id, ("workspace", acme.Id.Value, null));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new GroupCommit(acme.Store.Read).CommitAsync(acme.Id, changes, gone.Token)
        );
        var before = db.AuditEntries.Count(a => a.WorkspaceId == acme.Id);
        Assert.True((await new GroupCommit(acme.Store.Read).CommitAsync(acme.Id, changes, default)).IsDone);
        Assert.Equal(before + 1, db.AuditEntries.Count(a => a.WorkspaceId == acme.Id));
    }

    [Theory, EachDatabase]
    public async Task A_fault_of_any_kind_is_told_to_whoever_waits_and_the_next_ones_leave(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var isBroken = false;
        var commits = new GroupCommit(() => isBroken ? throw new InvalidOperationException("broken") : acme.Store.Read());
        await using var db = acme.Store.Read();
        Changes Line()
        {
            var changes = new Changes(db, Access.Actor.Operator, acme.Clock);
            changes.Tell("member.provisioned", acme.Id, ("workspace", acme.Id.Value, null));
            return changes;
        }

        isBroken = true;
        List<Changes> several = [.. Enumerable.Range(0, 12).Select(_ => Line())];
        var fates = await Task.WhenAll(
            several.Select(async changes =>
                await Record.ExceptionAsync(() => Task.Run(() => commits.CommitAsync(acme.Id, changes, default)))
            )
        );
        Assert.All(fates, fate => Assert.IsType<InvalidOperationException>(fate));
        isBroken = false;
        Assert.True((await commits.CommitAsync(acme.Id, several[0], default)).IsDone);
    }
}
