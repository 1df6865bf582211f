using System.Data.Common;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Lines of the audit log as they are stored, word for word: a chain must not hang on which words this version knows.
/// </summary>
internal static class AuditLines
{
    private const string Chained =
        "id, at, actor_kind, actor_id, door, act, target_kind, target_id, reason, refused, digest, salt, target_name, "
        + "\"before\", \"after\"";

    /// <summary>The first lines that are not sealed, in the order of their ids.</summary>
    public static async Task<IReadOnlyList<ChainedLine>> UnsealedAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        int count,
        CancellationToken ct
    )
    {
        var batch = new ReadBatch();
        var found = batch.Read(
            $"SELECT {Chained} FROM audit_entries WHERE workspace_id = $1 AND sequence IS NULL ORDER BY id LIMIT $2",
            row => Line(row),
            workspace.Value,
            count
        );
        await batch.RunAsync(db, ct);
        return found.Rows;
    }

    /// <summary>Sealed lines that follow a place, with their chain and what an erasure may have left of them.</summary>
    public static async Task<IReadOnlyList<SealedLine>> SealedAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        long after,
        long last,
        int count,
        CancellationToken ct
    )
    {
        var batch = new ReadBatch();
        var found = batch.Read(
            $"SELECT {Chained}, actor_name, erased_at, sequence, chain FROM audit_entries WHERE workspace_id = $1 AND sequence "
                + $"> $2 AND sequence <= $3 ORDER BY sequence LIMIT $4",
            row => new SealedLine(
                Line(row),
                row.GetInt64(17),
                (byte[])row.GetValue(18),
                Bytes(row, 11),
                Text(row, 12),
                Text(row, 13),
                Text(row, 14),
                row.GetString(15),
                row.IsDBNull(16) ? null : row.GetInt64(16)
            ),
            workspace.Value,
            after,
            last,
            count
        );
        await batch.RunAsync(db, ct);
        return found.Rows;
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

/// <summary>A sealed line with all that is stored of it.</summary>
/// <param name="Line">What is chained.</param>
/// <param name="Sequence">Its place, from 1.</param>
/// <param name="Chain">The chain's value up to it.</param>
/// <param name="Salt">The salt of its digest; null once it is erased, and in lines of an older version.</param>
/// <param name="TargetName">The target's name; null for none, and once it is erased.</param>
/// <param name="Before">The facts before, as JSON; null for none, and once they are erased.</param>
/// <param name="After">The facts after, as JSON; null for none, and once they are erased.</param>
/// <param name="ActorName">Who acted, by name.</param>
/// <param name="ErasedAt">When it was erased, in milliseconds since 1970 (UTC); null while it is whole.</param>
internal sealed record SealedLine(
    ChainedLine Line,
    long Sequence,
    byte[] Chain,
    byte[]? Salt,
    string? TargetName,
    string? Before,
    string? After,
    string ActorName,
    long? ErasedAt
);
