using System.Data.Common;
using UserManagement.Membership.Licensing;

namespace UserManagement.Membership.Data;

/// <summary>The statements that change counts, in the subset of SQL that both databases share.</summary>
internal static class TallyStatements
{
    /// <summary>
    /// Takes from or gives back to a limited pool, where <see cref="CountChanges.HasRoom"/> lets it; giving back anything
    /// but an admin always works, also above a limit that was lowered.
    /// </summary>
    public static Statement AddToLimit(Pool pool, long change)
    {
        var values = new List<Func<DbCommand, DbParameter>>();
        var where = $"workspace_id = {Bind(values, pool.Workspace.Value)} AND kind = {Bind(values, pool.Kind.ToString())} AND \"key\" = {Bind(values, pool.Key)} AND slot = 0";
        var n = Bind(values, change);
        var miss = (change > 0, pool.Kind) switch
        {
            (false, TallyKind.Admins) => Miss.LastAdmin,
            (true, not TallyKind.Admins) => Miss.Full,
            _ => Miss.Conflict,
        };
        return new($"UPDATE tallies SET used = used + {n} WHERE {where} AND {CountChanges.HasRoom("kind", "used", n, "\"limit\"")}", values, 1, miss) { Pool = pool };
    }

    /// <summary>Adds to one slot of a total.</summary>
    public static Statement AddToTotal(Pool pool, int slot, long change)
    {
        var values = new List<Func<DbCommand, DbParameter>>();
        return new($"INSERT INTO tallies (workspace_id, kind, \"key\", slot, used) VALUES ({Bind(values, pool.Workspace.Value)}, {Bind(values, pool.Kind.ToString())}, {Bind(values, pool.Key)}, {Bind(values, slot)}, {Bind(values, change)}) ON CONFLICT (workspace_id, kind, \"key\", slot) DO UPDATE SET used = tallies.used + excluded.used", values);
    }

    private static string Bind(List<Func<DbCommand, DbParameter>> values, object value)
    {
        var name = PositionalName.Of(values.Count);
        values.Add(Value.Of(name, value));
        return name;
    }
}
