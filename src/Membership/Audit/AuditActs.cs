using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Lines of the log by how their act's name begins. There are few names, so those that a workspace's log holds are found by
/// stepping from one to the next under the index, and each gives its newest lines: what it costs does not follow the log's length.
/// </summary>
internal static class AuditActs
{
    // The smallest name from the prefix on, then the smallest above that one, until one begins otherwise.
    private const string Names = """
        WITH RECURSIVE found(act) AS (
            SELECT (SELECT min(a.act) FROM audit_entries a WHERE a.workspace_id = $1 AND a.act >= $2)
            UNION ALL
            SELECT (SELECT min(a.act) FROM audit_entries a WHERE a.workspace_id = $1 AND a.act > found.act) FROM found WHERE substr(found.act, 1, $3) = $2)
        SELECT act FROM found WHERE substr(act, 1, $3) = $2
        """;

    private static readonly Guid Last = Guid.ParseExact(new string('f', 32), "N");

    /// <summary>The newest lines, newest first.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">Whose log.</param>
    /// <param name="prefix">How the act's name begins, letter case told apart.</param>
    /// <param name="since">Only lines from this id on; the empty one for all.</param>
    /// <param name="before">Only lines older than this one; null for all.</param>
    /// <param name="count">How many.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<List<AuditEntry>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string prefix,
        Guid since,
        Guid? before,
        int count,
        CancellationToken ct
    )
    {
        if (!prefix.All(c => char.IsAsciiLetter(c) || c == '.'))
        {
            return []; // no act has such a name
        }

        var first = new ReadBatch();
        var names = first.Read(Names, row => row.GetString(0), workspace.Value, prefix, prefix.Length);
        await first.RunAsync(db, ct);

        var (lines, newest) = (RowReader<AuditEntry>.Of(db), Newest(db));
        var second = new ReadBatch();
        var found = names
            .Rows.Select(act => second.Read(newest, row => lines.Read(row, 0), workspace.Value, act, before ?? Last, count, since))
            .ToList();
        await second.RunAsync(db, ct);
        return [.. found.SelectMany(f => f.Rows).OrderByDescending(a => a.Id).Take(count)];
    }

    /// <summary>The two statements with values as they might be, for looking at their plans.</summary>
    internal static IEnumerable<(string Text, object[] Values)> Texts(MembershipDb db) =>
        [(Names, [Last, "seldom.", 7]), (Newest(db), [Last, "seldom.done", Last, 10, Guid.Empty])];

    private static string Newest(MembershipDb db)
    {
        var lines = RowReader<AuditEntry>.Of(db);
        return $"SELECT {lines.Columns("a")} FROM {lines.Table} a WHERE a.workspace_id = $1 AND a.act = $2 AND a.id < $3 AND a.id >= $5 ORDER BY a.id DESC LIMIT $4";
    }
}
