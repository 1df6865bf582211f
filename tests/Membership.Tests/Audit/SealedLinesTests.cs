using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Tests.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

/// <summary>Which lines are sealed, when, and what that costs.</summary>
public class SealedLinesTests
{
    [Theory, EachDatabase]
    public async Task A_thousand_lines_are_sealed_by_a_handful_of_statements_and_none_is_touched(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.SealAsync();
        await acme.WriteAsync([.. Enumerable.Range(0, 1000).Select(_ => acme.Line(acme.Clock.Now))]);
        await using var db = acme.Store.Read();
        await Plan.FillAsync(
            db,
            db.WritesInTurn
                ? "CREATE TRIGGER untouched BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'touched'); END"
                : "CREATE TRIGGER untouched BEFORE UPDATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_segments_keep()"
        );
        using var statements = StatementLog.Start();
        using var reads = ReadLog.Start();
        Assert.Equal(acme.Id, Assert.Single(await acme.SealAsync()).WorkspaceId);
        Assert.InRange(reads.Statements.Count, 1, 6); // mark, page, segments; then amid the act end, segments, lines
        Assert.Empty(statements.Statements); // nothing by EF
        Assert.Equal(1000, (await acme.SegmentsAsync())[1..].Sum(s => s.Lines.Length / 16));
        Assert.Equal(2, (await acme.SegmentsAsync()).Count);
        reads.Clear();
        Assert.Empty(await acme.SealAsync());
        Assert.InRange(reads.Statements.Count, 1, 3);
        await acme.HoldsAsync();
    }

    [Theory, EachDatabase]
    public async Task A_line_that_was_committed_late_is_sealed_late_and_what_is_sealed_never_moves(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var (clock, heads) = (acme.Clock, new List<string>());
        await SealedAsync(true);
        clock.Advance(TimeSpan.FromMinutes(1));
        await acme.WriteAsync(clock.Now);
        await SealedAsync(true);
        await acme.WriteAsync(clock.Now - TimeSpan.FromSeconds(20)); // waited long for its commit
        await SealedAsync(true);
        foreach (
            var (late, within) in new[]
            {
                (TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(10)),
                (TimeSpan.FromMinutes(100), TimeSpan.FromHours(1)),
                (TimeSpan.FromHours(40), TimeSpan.FromDays(1)),
            }
        )
        {
            await acme.WriteAsync(clock.Now - late); // by a server whose clock is behind
            await acme.WriteAsync(clock.Now);
            await SealedAsync(true, 1); // the one that is in time
            clock.Advance(within);
            await SealedAsync(true);
        }

        await acme.WriteAsync(clock.Now + TimeSpan.FromHours(1)); // by one whose clock is ahead
        await SealedAsync(true);
        await acme.WriteAsync(clock.Now);
        await SealedAsync(true);
        await SealedAsync(false);

        async Task SealedAsync(bool isNew, int left = 0)
        {
            Assert.Equal(isNew, (await acme.SealAsync()).Any(h => h.WorkspaceId == acme.Id));
            var proof = await acme.CheckAsync(await acme.ExportAsync(), [.. heads]);
            Assert.Null(proof.Fault);
            Assert.Equal(heads.Count, proof.Heads);
            Assert.Equal((await acme.AuditAsync()).Count - left, proof.Lines);
            if (isNew)
            {
                heads.Add((await acme.HeadAsync()).ToJson());
            }
        }
    }

    [Theory, EachDatabase]
    public async Task What_is_more_than_a_page_is_sealed_in_segments_that_are_short_in_time(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var beta = await acme.OtherAsync();
        var begin = acme.Clock.Now;
        var lines = Enumerable
            .Range(0, SealAudit.Page + 500)
            .Select(n => (n % 3 == 0 ? beta : acme).Line(begin + TimeSpan.FromMilliseconds(n * 50)));
        await acme.WriteAsync([.. lines]);
        acme.Clock.Advance(TimeSpan.FromHours(1));
        var heads = await acme.SealAsync();
        Assert.Single(heads, h => h.WorkspaceId == acme.Id);
        Assert.Single(heads, h => h.WorkspaceId == beta.Id);
        foreach (var workspace in new[] { acme, beta })
        {
            await workspace.HoldsAsync();
            var segments = await workspace.SegmentsAsync();
            Assert.InRange(segments.Count, 4, 10);
            Assert.All(
                segments,
                s =>
                {
                    var ids = AuditSegment.Unpack(s.Lines);
                    Assert.Equal(ids.Order(), ids);
                    Assert.Equal((s.LastId.Value, s.Sequence - s.First + 1), (ids[^1], ids.Length));
                    Assert.True(Ids.MillisecondOf(ids[^1]) - Ids.MillisecondOf(ids[0]) < AuditSegment.Span.TotalMilliseconds);
                }
            );
        }

        Assert.Empty(await acme.SealAsync());
        await acme.WriteAsync(begin - TimeSpan.FromMinutes(1)); // the pages of a look through everything end amid segments now
        await acme.ExecuteAsync($"DELETE FROM marks WHERE name = '{Mark.AuditSealed}'");
        Assert.Single(await acme.SealAsync());
        await acme.HoldsAsync();
        await beta.HoldsAsync();
    }

    [Theory, EachDatabase]
    public async Task An_erasure_keeps_the_chain_of_lines_with_and_without_a_digest_before_and_after(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var (early, late) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var target in new[] { early, late })
        {
            await acme.WriteAsync(acme.Clock.Now, isOld: true, target);
            await acme.WriteAsync(acme.Clock.Now, isOld: false, target);
        }

        Assert.Equal(2, (await PersonLines.AboutAsync(acme.Store, acme.Id, early, default)).Value);
        await acme.SealAsync();
        var before = await acme.ExportAsync();
        Assert.Contains("Amazing Grace", before, StringComparison.Ordinal);
        Assert.Equal(2, (await acme.HoldsAsync()).Erased);
        Assert.Equal(2, (await PersonLines.AboutAsync(acme.Store, acme.Id, late, default)).Value);
        Assert.Equal(4, (await acme.HoldsAsync(SealedLog.LastHead(before))).Erased);
        Assert.DoesNotContain("Grace", await acme.ExportAsync(), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_mark_that_is_lost_or_no_mark_seals_nothing_twice(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.SealAsync();
        foreach (
            var sql in new[]
            {
                $"DELETE FROM marks WHERE name = '{Mark.AuditSealed}'",
                $"UPDATE marks SET value = 'nonsense' WHERE name = '{Mark.AuditSealed}'",
                $"UPDATE marks SET value = '{Guid.Empty} 1 2' WHERE name = '{Mark.AuditSealed}'",
                // written by a server whose clock was a year ahead
                $"UPDATE marks SET value = '{Guid.CreateVersion7(acme.Clock.Now)} 1804000000000 1804000000000 1804000000000' WHERE name = '{Mark.AuditSealed}'",
            }
        )
        {
            Assert.Equal(1, await acme.ExecuteAsync(sql));
            Assert.Empty(await acme.SealAsync());
            await acme.WriteAsync(acme.Clock.Now);
            Assert.Single(await acme.SealAsync());
        }

        await acme.HoldsAsync();
    }

    [Theory, EachDatabase]
    public async Task A_log_that_was_sealed_line_by_line_is_sealed_anew_from_the_start(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.ProvisionAsync("ada@example.com");
        var zero = kind == Database.Sqlite ? "zeroblob(32)" : "decode(repeat('00', 32), 'hex')";
        await acme.ExecuteAsync($"UPDATE audit_entries SET sequence = 1, chain = {zero} WHERE workspace_id = {{0}}", acme.Id.Value);
        await acme.ExecuteAsync(
            $"INSERT INTO audit_heads (workspace_id, sequence, chain, at, signature) VALUES ({{0}}, 7, {zero}, 1, {zero})",
            acme.Id.Value
        );
        Assert.Contains(await acme.SealAsync(), h => h.WorkspaceId == acme.Id);
        Assert.Equal(1, (await acme.SegmentsAsync())[0].First);
        await acme.HoldsAsync();
    }

    [Theory, EachDatabase]
    public async Task What_is_new_is_found_under_indexes(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind, isUnused: true);
        await using var db = acme.Store.Read();
        await Plan.FillAsync(
            db,
            $"""
            INSERT INTO audit_entries (workspace_id, id, at, actor_kind, actor_name, door, act, target_kind, refused)
            SELECT {Plan.IdOf(db, 2)}, {Plan.IdOf(db, 1)}, 1, 'System', 'System', 'None', 'often.done', 'workspace', {(
                db.WritesInTurn ? "0" : "false"
            )} FROM {Plan.Numbers(5_000)}
            """
        );
        var (id, number) = (Guid.Parse("00000001-0000-7000-8000-000000000f00"), 100);
        foreach (
            var (sql, index, values) in new (string, string, object[])[]
            {
                (AuditPlace.Next, "IX_audit_entries_id_workspace_id", [id, id, number]),
                (AuditPlace.Segments, "IX_audit_segments_last_id", [id, id]),
                (AuditLines.Stretch, "IX_audit_entries_id_workspace_id", [id, id]),
            }
        )
        {
            var plan = await Plan.OfAsync(db, scans: false, sql, [.. values.Select((v, i) => (PositionalName.Of(i), v))]);
            Assert.Contains(index, plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("SCAN audit", plan, StringComparison.Ordinal);
        }
    }
}
