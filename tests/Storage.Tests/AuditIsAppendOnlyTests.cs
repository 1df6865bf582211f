using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

public class AuditIsAppendOnlyTests
{
    private static readonly string[] Sealers = ["sequence", "digest", "chain"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task No_line_of_the_audit_log_can_be_deleted_or_changed_in_what_it_says(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var db = database.Source.Open();
        db.Add(
            new AuditEntry
            {
                WorkspaceId = Id<Workspace>.New(TimeProvider.System),
                Id = Id<AuditEntry>.New(TimeProvider.System),
                At = TimeProvider.System.Now(),
                ActorKind = ActorKind.Operator,
                ActorName = "Operator",
                Door = Door.CommandLine,
                Act = "workspace.created",
                TargetKind = "workspace",
            }
        );
        await db.SaveChangesAsync(Ct);

        await RefusedAsync("DELETE FROM audit_entries");
        var columns = db
            .Model.FindEntityType(typeof(AuditEntry))!
            .GetProperties()
            .Select(p => (Name: p.GetColumnName(), Type: p.GetColumnType()))
            .ToList();
        Assert.Equal(20, columns.Count);
        foreach (var (column, type) in columns.Where(c => !Sealers.Contains(c.Name)))
        {
            await RefusedAsync($"UPDATE audit_entries SET \"{column}\" = {Other(column, type)}");
        }

        await db.Database.ExecuteSqlRawAsync("UPDATE audit_entries SET sequence = 1, digest = NULL, chain = NULL", Ct);
        Assert.Equal(1, (await db.AuditEntries.SingleAsync(Ct)).Sequence);
        await RefusedAsync("UPDATE audit_entries SET sequence = 2"); // once

        async Task RefusedAsync(string sql)
        {
            var fault = await Assert.ThrowsAnyAsync<DbException>(() => db.Database.ExecuteSqlRawAsync(sql, Ct));
            Assert.Contains("append-only", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory, EachDatabase]
    public async Task No_segment_of_a_chain_can_be_deleted_or_changed(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var db = database.Source.Open();
        db.Add(
            new AuditSegment
            {
                WorkspaceId = Id<Workspace>.New(TimeProvider.System),
                First = 1,
                Sequence = 1,
                Lines = new byte[16],
                LastId = Id<AuditEntry>.New(TimeProvider.System),
                Chain = new byte[32],
                At = TimeProvider.System.Now(),
                Signature = new byte[64],
            }
        );
        await db.SaveChangesAsync(Ct);
        foreach (
            var sql in new[]
            {
                "DELETE FROM audit_segments",
                "UPDATE audit_segments SET sequence = 2",
                "UPDATE audit_segments SET lines = signature",
            }
        )
        {
            var fault = await Assert.ThrowsAnyAsync<DbException>(() => db.Database.ExecuteSqlRawAsync(sql, Ct));
            Assert.Contains("append-only", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory, EachDatabase]
    public async Task A_line_may_lose_what_it_says_of_people_for_good_and_nothing_else(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var db = database.Source.Open();
        var digest = kind == Database.Sqlite ? $"x'{new string('a', 64)}'" : $"'\\x{new string('a', 64)}'::bytea";
        const string Gone = "target_name = NULL, \"before\" = NULL, \"after\" = NULL, salt = NULL";
        var old = await LineAsync(null, null);
        var salted = await LineAsync([1, 2], [.. Enumerable.Range(0, 32).Select(n => (byte)n)]);
        foreach (
            var refused in new[]
            {
                Gone, // says not when
                $"{Gone}, erased_at = 5", // keeps no proof
                $"{Gone}, erased_at = 5, digest = NULL",
                $"target_name = NULL, \"before\" = NULL, \"after\" = '{{}}', salt = NULL, digest = {digest}, erased_at = 5",
                $"target_name = NULL, \"before\" = NULL, salt = NULL, digest = {digest}, erased_at = 5", // a part of it
                $"{Gone}, digest = {digest}, erased_at = 5, actor_name = 'nobody'",
                $"{Gone}, digest = {digest}, erased_at = 5, act = 'other'",
                $"{Gone}, digest = {digest}, erased_at = 5, reason = 'other'",
                $"{Gone}, digest = {digest}, erased_at = 5, target_id = NULL",
                "actor_name = 'erased'",
                "erased_at = 5",
                "target_name = 'Other', erased_at = 5",
            }
        )
        {
            await RefusedAsync(old, refused);
        }

        await RefusedAsync(salted, $"{Gone}, erased_at = 5, digest = {digest}"); // another proof than the one that was there

        await DoneAsync(old, "actor_name = 'erased', erased_at = 5");
        await RefusedAsync(old, $"{Gone}, digest = {digest}, erased_at = 6"); // it was erased then
        await DoneAsync(old, $"{Gone}, digest = {digest}, erased_at = 5");
        await DoneAsync(salted, $"{Gone}, erased_at = 5, actor_name = 'erased'");
        await RefusedAsync(salted, "target_name = 'Ada'");
        await RefusedAsync(salted, "erased_at = NULL");
        var line = await db.AuditEntries.AsNoTracking().SingleAsync(a => a.Id == salted, Ct);
        Assert.Equal(
            ("erased", null, null, null, null, "member.edited"),
            (line.ActorName, line.TargetName, line.Before, line.After, line.Salt, line.Act)
        );
        Assert.Equal(Enumerable.Range(0, 32).Select(n => (byte)n), line.Digest!);

        async Task<Id<AuditEntry>> LineAsync(byte[]? salt, byte[]? proof)
        {
            var line = new AuditEntry
            {
                WorkspaceId = Id<Workspace>.New(TimeProvider.System),
                Id = Id<AuditEntry>.New(TimeProvider.System),
                At = TimeProvider.System.Now(),
                ActorKind = ActorKind.Member,
                ActorId = Guid.CreateVersion7(),
                ActorName = "Ada",
                Door = Door.Page,
                Act = "member.edited",
                TargetKind = "member",
                TargetId = Guid.CreateVersion7(),
                TargetName = "Bob",
                Before = """{"givenName":"Bob"}""",
                After = """{"givenName":"Rob"}""",
                Salt = salt,
                Digest = proof,
            };
            db.Add(line);
            await db.SaveChangesAsync(Ct);
            return line.Id;
        }

        async Task RefusedAsync(Id<AuditEntry> id, string set)
        {
            var fault = await Assert.ThrowsAnyAsync<DbException>(() => DoneAsync(id, set));
            Assert.Contains("append-only", fault.Message, StringComparison.Ordinal);
        }

        async Task DoneAsync(Id<AuditEntry> id, string set)
        {
            var sql =
                "UPDATE audit_entries SET "
                + set.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal)
                + " WHERE id = {0}";
            Assert.Equal(1, await db.Database.ExecuteSqlRawAsync(sql, [id.Value], Ct));
        }
    }

    private static string Other(string column, string type) =>
        type switch
        {
            "uuid" => "'11111111-1111-7111-8111-111111111111'",
            "bigint" or "INTEGER" => "2",
            "boolean" => "true",
            _ => $"'another {column[..1]}'",
        };
}
