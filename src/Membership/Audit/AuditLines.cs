using System.Data.Common;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Lines of the audit log as they are stored, word for word: a chain must not hang on which words this version knows.
/// </summary>
internal static class AuditLines
{
    private const string Chained = "id, at, actor_kind, actor_id, door, act, target_kind, target_id, reason, refused, digest, ";
    private const string Said = "salt, target_name, \"before\", \"after\"";

    /// <summary>What the digest is made of, where there is none: lines of an older version.</summary>
    private static readonly string Undigested = string.Join(", ", Said.Split(", ").Select(c => $"CASE WHEN digest IS NULL THEN {c} END"));

    /// <summary>
    /// The lines of a stretch of time, in all logs: what is new stands side by side, and a database without statistics would rather read
    /// the whole table than seek thousands of ids.
    /// </summary>
    internal static readonly string Stretch =
        $"SELECT {Chained}{Undigested}, workspace_id FROM audit_entries WHERE id >= $1 AND id <= $2 ORDER BY id";

    /// <summary>Some lines, given in the order of their ids, by their workspaces; each workspace's in that order.</summary>
    public static async Task<IReadOnlyDictionary<Guid, List<ChainedLine>>> ChainedAsync(
        MembershipDb db,
        IReadOnlyList<AuditPlace> places,
        CancellationToken ct
    )
    {
        if (places.Count == 0)
        {
            return new Dictionary<Guid, List<ChainedLine>>();
        }

        var batch = new ReadBatch();
        var found = batch.Read(Stretch, row => (Line: Line(row), Workspace: row.GetGuid(15)), places[0].Id, places[^1].Id);
        await batch.RunAsync(db, ct);
        var meant = places.ToHashSet();
        return found
            .Rows.Where(r => meant.Contains(new(r.Line.Id, r.Workspace)))
            .GroupBy(r => r.Workspace, r => r.Line)
            .ToDictionary(g => g.Key, g => g.ToList());
    }

    /// <summary>Lines of a workspace with all that is stored of them, by their ids.</summary>
    public static async Task<IReadOnlyDictionary<Guid, StoredLine>> StoredAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Guid[] ids,
        CancellationToken ct
    )
    {
        var batch = new ReadBatch();
        var found = batch.Read(
            $"SELECT {Chained}{Said}, actor_name, erased_at FROM audit_entries WHERE {db.IsAmong("workspace_id", "$1", "id", "$2")}",
            row => new StoredLine(
                Line(row),
                Bytes(row, 11),
                Text(row, 12),
                Text(row, 13),
                Text(row, 14),
                row.GetString(15),
                row.IsDBNull(16) ? null : row.GetInt64(16)
            ),
            workspace.Value,
            db.IdList(ids)
        );
        await batch.RunAsync(db, ct);
        return found.Rows.ToDictionary(l => l.Line.Id);
    }

    private static ChainedLine Line(DbDataReader row) =>
        new(
            row.GetGuid(0),
            row.GetInt64(1),
            row.GetString(2),
            Guid(row, 3),
            row.GetString(4),
            row.GetString(5),
            row.GetString(6),
            Guid(row, 7),
            Text(row, 8),
            row.GetBoolean(9),
            Bytes(row, 10) ?? Erasure.Digest(Bytes(row, 11), Text(row, 12), Text(row, 13), Text(row, 14))
        );

    private static Guid? Guid(DbDataReader row, int at) => row.IsDBNull(at) ? null : row.GetGuid(at);

    private static string? Text(DbDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    private static byte[]? Bytes(DbDataReader row, int at) => row.IsDBNull(at) ? null : (byte[])row.GetValue(at);
}

/// <summary>A line with all that is stored of it.</summary>
/// <param name="Line">What is chained.</param>
/// <param name="Salt">The salt of its digest; null once it is erased, and in lines of an older version.</param>
/// <param name="TargetName">The target's name; null for none, and once it is erased.</param>
/// <param name="Before">The facts before, as JSON; null for none, and once they are erased.</param>
/// <param name="After">The facts after, as JSON; null for none, and once they are erased.</param>
/// <param name="ActorName">Who acted, by name.</param>
/// <param name="ErasedAt">When it was erased, in milliseconds since 1970 (UTC); null while it is whole.</param>
internal sealed record StoredLine(
    ChainedLine Line,
    byte[]? Salt,
    string? TargetName,
    string? Before,
    string? After,
    string ActorName,
    long? ErasedAt
);
