using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Tests.Data;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

/// <summary>A workspace's sealed log, as tests look at it, and lines in it that no act would write.</summary>
internal static class SealedLog
{
    public static async Task<IReadOnlyList<AuditHead>> SealAsync(this TestWorkspace acme) =>
        await new SealAudit(acme.Store).RunAsync(default);

    public static async Task<List<AuditSegment>> SegmentsAsync(this TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        return await db.AuditSegments.AsNoTracking().Where(s => s.WorkspaceId == acme.Id).OrderBy(s => s.First).ToListAsync();
    }

    public static async Task<AuditHead> HeadAsync(this TestWorkspace acme) => (await acme.SegmentsAsync())[^1].ToHead();

    public static async Task<string> ExportAsync(this TestWorkspace acme)
    {
        using var into = new StringWriter { NewLine = "\n" };
        Assert.True((await new ExportAudit(acme.Store).RunAsync(Actor.Operator, acme.Id, into, default)).Done);
        return into.ToString();
    }

    public static string LastHead(string export) => export.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]["{\"head\":".Length..^1];

    public static async Task<AuditProof> CheckAsync(this TestWorkspace acme, string export, params string[] heads)
    {
        using var lines = new StringReader(export);
        using var kept = new StringReader(string.Join('\n', heads));
        return await AuditProof.CheckAsync(lines, AuditSigner.PublicKey(acme.Store.Box), kept, default);
    }

    /// <summary>All lines there are stand in the chain, each once, and the check finds no fault.</summary>
    public static async Task<AuditProof> HoldsAsync(this TestWorkspace acme, params string[] heads)
    {
        var export = await acme.ExportAsync();
        var proof = await acme.CheckAsync(export, heads);
        Assert.Null(proof.Fault);
        Assert.Equal((await acme.AuditAsync()).Count, proof.Lines);
        Assert.Equal(heads.Length, proof.Heads);
        return proof;
    }

    /// <summary>Writes a line as of a time; without a digest it is one of an older version.</summary>
    public static async Task<AuditEntry> WriteAsync(this TestWorkspace acme, DateTimeOffset at, bool isOld = false, Guid? target = null) =>
        (await acme.WriteAsync([acme.Line(at, isOld, target)]))[0];

    public static async Task<IReadOnlyList<AuditEntry>> WriteAsync(this TestWorkspace acme, IReadOnlyList<AuditEntry> lines)
    {
        await using var db = acme.Store.Read();
        db.AddRange(lines);
        await db.SaveChangesAsync();
        return lines;
    }

    public static AuditEntry Line(this TestWorkspace acme, DateTimeOffset at, bool isOld = false, Guid? target = null)
    {
        var line = new AuditEntry
        {
            WorkspaceId = acme.Id,
            Id = new(Guid.CreateVersion7(at)),
            At = at,
            ActorKind = ActorKind.System,
            ActorName = "System",
            Door = Door.None,
            Act = "member.edited",
            TargetKind = "member",
            TargetId = target,
            TargetName = "Grace Hopper",
            Before = """{"givenName":"Grace"}""",
            After = """{"givenName":"Amazing Grace"}""",
        };
        return isOld ? line : Erasure.Salt(line);
    }

    /// <summary>Whoever owns the database can switch off what it refuses.</summary>
    public static async Task OpenUpAsync(this TestWorkspace acme)
    {
        await using var db = acme.Store.Read();
        foreach (var table in new[] { "audit_entries", "audit_segments" })
        {
            await Plan.FillAsync(
                db,
                db.WritesInTurn ? $"DROP TRIGGER {table}_keep; DROP TRIGGER {table}_stay" : $"ALTER TABLE {table} DISABLE TRIGGER ALL"
            );
        }
    }

    /// <summary>Runs a statement with ids and bytes as parameters.</summary>
    public static async Task<int> ExecuteAsync(this TestWorkspace acme, string sql, params object[] values)
    {
        await using var db = acme.Store.Read();
        return await db.Database.ExecuteSqlRawAsync(sql, values);
    }
}
