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
        db.Add(new AuditEntry
        {
            WorkspaceId = Id<Workspace>.New(TimeProvider.System),
            Id = Id<AuditEntry>.New(TimeProvider.System),
            At = TimeProvider.System.Now(),
            ActorKind = ActorKind.Operator,
            ActorName = "Operator",
            Door = Door.CommandLine,
            Act = "workspace.created",
            TargetKind = "workspace",
        });
        await db.SaveChangesAsync(Ct);

        await RefusedAsync("DELETE FROM audit_entries");
        var columns = db.Model.FindEntityType(typeof(AuditEntry))!.GetProperties().Select(p => (Name: p.GetColumnName(), Type: p.GetColumnType())).ToList();
        Assert.Equal(18, columns.Count);
        foreach (var (column, type) in columns.Where(c => !Sealers.Contains(c.Name)))
        {
            await RefusedAsync($"UPDATE audit_entries SET \"{column}\" = {Other(column, type)}");
        }

        await db.Database.ExecuteSqlRawAsync("UPDATE audit_entries SET sequence = 1, digest = NULL, chain = NULL", Ct);
        Assert.Equal(1, (await db.AuditEntries.SingleAsync(Ct)).Sequence);

        async Task RefusedAsync(string sql)
        {
            var fault = await Assert.ThrowsAnyAsync<DbException>(() => db.Database.ExecuteSqlRawAsync(sql, Ct));
            Assert.Contains("append-only", fault.Message, StringComparison.Ordinal);
        }
    }

    private static string Other(string column, string type) => type switch
    {
        "uuid" => "'11111111-1111-7111-8111-111111111111'",
        "bigint" or "INTEGER" => "2",
        "boolean" => "true",
        _ => $"'another {column[..1]}'",
    };
}
