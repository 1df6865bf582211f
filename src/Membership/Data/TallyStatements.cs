using System.Data.Common;
using UserManagement.Membership.Licensing;

namespace UserManagement.Membership.Data;

/// <summary>The statements that change counts, in the subset of SQL that both databases share.</summary>
internal static class TallyStatements
{
    /// <summary>
    /// Takes from or gives back to a limited pool. Taking needs room (<c>used + n &lt;= limit</c>), giving back an admin
    /// needs another one; giving back anything else always works, also above a limit that was lowered.
    /// </summary>
    public static Statement AddToLimit(Pool pool, long change)
    {
        var values = new List<Func<DbCommand, DbParameter>>();
        var where = $"workspace_id = {Bind(values, pool.Workspace.Value)} AND kind = {Bind(values, pool.Kind.ToString())} AND \"key\" = {Bind(values, pool.Key)} AND slot = 0";
        var n = Bind(values, change);
        var (guard, miss) = (change > 0, pool.Kind) switch
        {
            (false, TallyKind.Admins) => ($" AND used + {n} >= 1", Miss.LastAdmin),
            (true, not TallyKind.Admins) => ($" AND (\"limit\" IS NULL OR used + {n} <= \"limit\")", Miss.Full),
            _ => ("", Miss.Conflict),
        };
        return new($"UPDATE tallies SET used = used + {n} WHERE {where}{guard}", values, 1, miss) { Pool = pool };
    }

    /// <summary>Adds to totals, each on a slot drawn by chance.</summary>
    public static RowInsert AddToTotals(MembershipDb db, IReadOnlyList<KeyValuePair<Pool, long>> totals)
    {
        var slot = Random.Shared.Next(Tally.Spread);
        return RowMap.Of<Tally>(db).Insert(
            [.. totals.Select(t => new Tally { WorkspaceId = t.Key.Workspace, Kind = t.Key.Kind, Key = t.Key.Key, Slot = slot, Used = t.Value })],
            "ON CONFLICT (workspace_id, kind, \"key\", slot) DO UPDATE SET used = tallies.used + excluded.used");
    }

    private static string Bind(List<Func<DbCommand, DbParameter>> values, object value)
    {
        var name = PositionalName.Of(values.Count);
        values.Add(Value.Of(name, value));
        return name;
    }
}
