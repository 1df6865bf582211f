using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Storage;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

/// <summary>
/// Writes over a line on which each statement of a pipeline is committed by itself, as Citus does it: whatever is cut off, or refused
/// amid the batch, leaves nothing half-done. Also with the statements that are sent where tables are cut (<c>isCut</c>).
/// </summary>
public sealed class SplitPipelineTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Each act is cut behind its first statement, then behind its second, and so on until it is not cut any more.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task An_act_whose_connection_breaks_behind_any_statement_is_done_whole_or_not_at_all(bool isCut)
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres, "ranked", isCut: isCut);
        await using var line = acme.Split();
        await using var source = line.NewSource();
        var there = acme.Over(source);
        var people = new List<Member>();
        for (var i = 0; i < 60; i++)
        {
            people.Add((await acme.ProvisionAsync($"there{i}@acme.test")).Value);
        }

        var someone = new Queue<Member>(people);
        await WholeOrNothingAsync(acme, line, "provision", i => there.ProvisionAsync($"new{i}@acme.test"));
        await WholeOrNothingAsync(acme, line, "suspend", _ => there.SayAsync(someone.Dequeue().Id, false));
        await WholeOrNothingAsync(acme, line, "invite", i => there.InviteAsync($"guest{i}@acme.test"));
        await WholeOrNothingAsync(
            acme,
            line,
            "group",
            i =>
                new CreateGroup(there.Store).RunAsync(
                    there.Directory,
                    there.Id,
                    new() { DisplayName = $"Group {i}" },
                    [.. people.TakeLast(5).Select(m => m.Id)],
                    default
                )
        );
        await acme.AgreesAsync();
    }

    /// <summary>Acts of two workspaces that share a commit, and one that is cut.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task Acts_that_leave_together_are_each_done_whole_or_not_at_all(bool isCut)
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres, "ranked", isCut: isCut);
        var other = await acme.OtherAsync("other", "ranked");
        await using var line = acme.Split();
        await using var source = line.NewSource();
        var (here, there) = (acme.Over(source), other.Over(source));
        await here.ProvisionAsync("first@acme.test");
        for (var cut = 1; cut <= 60; cut += 3)
        {
            line.BreakBehind(cut);
            await Rivals.RaceAsync(8, i => (i % 2 == 0 ? here : there).ProvisionAsync($"p{cut}-{i}@acme.test"));
            line.Mend();
        }

        await acme.AgreesAsync();
        await using var db = acme.Store.Read();
        var members = await db.Members.CountAsync(Ct);
        Assert.InRange(members, 1, 161);
        Assert.Equal(members, await db.AuditEntries.CountAsync(a => a.Act == "member.provisioned", Ct));
        Assert.Equal(members, await db.Grants.Select(g => g.MemberId).Distinct().CountAsync(Ct));
    }

    /// <summary>A commit of two workspaces would be one of two machines.</summary>
    [Fact]
    public async Task Where_tables_are_cut_a_commit_is_of_one_workspace()
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres, "ranked", isCut: true);
        var other = await acme.OtherAsync("other", "ranked");
        var race = await Rivals.RaceAsync(40, i => (i % 2 == 0 ? acme : other).ProvisionAsync($"p{i}@acme.test"));
        Assert.All(race, r => Assert.True(r.Required.Done));
        await acme.AgreesAsync();
        await using var db = acme.Store.Read();
        Assert.True(db.IsDistributed);
        // what one transaction wrote has one number
        var rows = await db.Database.SqlQuery<string>($"SELECT concat(xmin, ' ', workspace_id) AS \"Value\" FROM members").ToListAsync(Ct);
        Assert.Equal(40, rows.Count);
        Assert.All(rows.Distinct().GroupBy(r => r.Split(' ')[0]), commit => Assert.Single(commit));
    }

    /// <summary>What a directory sees all day: no room, a name that is taken, somebody who was faster.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task What_is_refused_amid_its_batch_leaves_nothing_behind(bool isCut)
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres, isCut: isCut);
        await using var line = acme.Split();
        await using var source = line.NewSource();
        var there = acme.Over(source);
        var race = await Rivals.RaceAsync(60, i => there.ProvisionAsync($"p{i % 40}@acme.test"));
        Assert.All(race, r => Assert.Null(r.Fault));
        Assert.Contains(race, r => !r.Required.Done);
        await acme.AgreesAsync();
        await using var db = acme.Store.Read();
        Assert.Equal(await db.Members.CountAsync(Ct), await db.AuditEntries.CountAsync(a => a.Act == "member.provisioned", Ct));
    }

    /// <summary>What a coordinator says of a worker that is gone is no fault of ours, and nobody knows what was done.</summary>
    [Theory, InlineData(false, WriteFault.Other), InlineData(true, WriteFault.Unavailable)]
    public async Task An_internal_error_of_a_coordinator_says_that_a_worker_is_away(bool isCut, WriteFault meaning)
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres, isCut: isCut);
        await using var db = acme.Store.Read();
        var fault = await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            db.Database.ExecuteSqlRawAsync("DO $$ BEGIN RAISE EXCEPTION 'failure on connection' USING ERRCODE = 'XX000'; END $$", Ct)
        );
        Assert.Equal(meaning, db.Classify(fault));
    }

    /// <summary>The stores of a library save by EF's tracker.</summary>
    [Fact]
    public async Task What_is_saved_by_a_tracker_is_saved_whole_or_not_at_all()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var line = new SplittingLine(database);
        await using var source = line.NewSource();
        for (var cut = 1; ; cut++)
        {
            await using var db = source.OpenTracking();
            Mark Of(string name) =>
                new()
                {
                    Name = name,
                    Value = "1",
                    At = At,
                };
            db.Marks.AddRange(Of($"a{cut}"), Of($"b{cut}"));
            line.BreakBehind(cut);
            var fault = await Record.ExceptionAsync(() => db.SaveChangesAsync(Ct));
            var isOver = line.Mend();
            Assert.True(fault is null == isOver, $"cut behind statement {cut}: {fault}");
            await using var look = database.Source.Open();
            var saved = await look.Marks.CountAsync(m => m.Name == $"a{cut}" || m.Name == $"b{cut}", Ct);
            Assert.True(saved == 2 || (saved == 0 && !isOver), $"{saved} rows, cut behind statement {cut}");
            if (isOver)
            {
                break;
            }
        }
    }

    /// <summary>A wait for a lock is given up by the patience that was said, not by that of one statement.</summary>
    [Fact]
    public async Task The_patience_of_a_write_holds_for_each_of_its_statements()
    {
        await using var acme = await TestWorkspace.NewAsync(Database.Postgres);
        await using var line = acme.Split();
        await using var source = line.NewSource();
        await using var db = acme.Store.Read();
        await using var held = await db.Database.BeginTransactionAsync(Ct);
        await db.Database.ExecuteSqlAsync($"SELECT used FROM tallies WHERE workspace_id = {acme.Id.Value} FOR UPDATE", Ct);
        await using var late = source.Open();
        var fault = await Assert.ThrowsAnyAsync<DbException>(() =>
            late.WriteAsync(
                [new Statement("UPDATE tallies SET used = used WHERE workspace_id = @p0", [Value.Of("@p0", acme.Id.Value)])],
                TimeSpan.FromMilliseconds(50),
                Ct
            )
        );
        Assert.Equal(WriteFault.Contention, late.Classify(fault));
    }

    private static async Task WholeOrNothingAsync<T>(TestWorkspace acme, SplittingLine line, string what, Func<int, Task<T>> act)
    {
        var before = await RowsAsync(acme);
        await act(0); // it also opens the connection that will break
        var whole = Difference(before, await RowsAsync(acme));
        Assert.NotEmpty(whole);
        for (var cut = 1; ; cut++)
        {
            before = await RowsAsync(acme);
            line.BreakBehind(cut);
            await Record.ExceptionAsync(() => act(cut));
            var isOver = line.Mend();
            var now = Difference(before, await RowsAsync(acme));
            Assert.True(
                now == whole || (now.Length == 0 && !isOver),
                string.Create(CultureInfo.InvariantCulture, $"{what}, cut behind statement {cut}: {now}; whole: {whole}")
            );
            if (isOver)
            {
                Assert.True(cut > 3, what);
                return;
            }
        }
    }

    private static string Difference(Dictionary<string, long> before, Dictionary<string, long> after) =>
        string.Join(", ", after.Where(t => t.Value != before[t.Key]).Select(t => $"{t.Key} {t.Value - before[t.Key]:+0;-0}"));

    /// <summary>Rows of each table; of counts, which are spread over rows by chance, their sum.</summary>
    private static async Task<Dictionary<string, long>> RowsAsync(TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        await db.Database.OpenConnectionAsync(Ct);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in db.Model.GetEntityTypes().Select(t => t.GetTableName()!).Distinct().Order(StringComparer.Ordinal))
        {
            var what = table switch
            {
                "tallies" or "mail_counts" => "coalesce(sum(used), 0)::bigint",
                "members" => "coalesce(sum(1000 + version), 0)::bigint",
                _ => "count(*)",
            };
            command.CommandText = $"SELECT {what} FROM {table}";
            rows[table] = (long)(await command.ExecuteScalarAsync(Ct))!;
        }

        return rows;
    }
}
