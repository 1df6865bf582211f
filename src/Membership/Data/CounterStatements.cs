using System.Data.Common;
using UserManagement.Membership.Licensing;

namespace UserManagement.Membership.Data;

/// <summary>The statements that change counts, in the subset of SQL that both databases share.</summary>
internal static class CounterStatements
{
    /// <summary>
    /// Takes from or gives back to a limited counter, where <see cref="CountChanges.HasRoom"/> lets it; giving back anything
    /// but an admin always works, also above a limit that was lowered.
    /// </summary>
    /// <param name="counter">The counter.</param>
    /// <param name="change">By how much it changes.</param>
    /// <param name="waits">By how much the line for it changes.</param>
    /// <param name="at">The time.</param>
    public static Statement AddToLimit(CounterId counter, long change, long waits, DateTimeOffset at)
    {
        var values = new List<Func<DbCommand, DbParameter>>();
        var where =
            $"workspace_id = {Bind(values, counter.Workspace.Value)} AND kind = {Bind(values, counter.Kind.ToString())} AND "
            + $"\"key\" = {Bind(values, counter.Key)} AND slot = 0";
        var (n, w, now) = (Bind(values, change), Bind(values, waits), Bind(values, at.ToUnixTimeMilliseconds()));
        var miss = (change > 0, counter.Kind) switch
        {
            (false, CounterKind.Admins) => GuardFailure.LastAdmin,
            (true, not CounterKind.Admins) => GuardFailure.Full,
            _ => GuardFailure.Conflict,
        };
        return new(
            $"UPDATE tallies SET used = used + {n}, waiting = waiting + {w}, grace_until = {CountChanges.GraceUntil("", n, now)} "
                + $"WHERE {where} AND {CountChanges.HasRoom("", n, w, now)}",
            values,
            1,
            miss
        )
        {
            Counter = counter,
        };
    }

    /// <summary>Adds to one slot of a total.</summary>
    public static Statement AddToTotal(CounterId counter, int shard, long change)
    {
        var values = new List<Func<DbCommand, DbParameter>>();
        return new(
            $"INSERT INTO tallies (workspace_id, kind, \"key\", slot, used) VALUES ({Bind(values, counter.Workspace.Value)}, "
                + $"{Bind(values, counter.Kind.ToString())}, {Bind(values, counter.Key)}, {Bind(values, shard)}, "
                + $"{Bind(values, change)}) ON CONFLICT (workspace_id, kind, \"key\", slot) DO UPDATE SET used = tallies.used + "
                + $"excluded.used",
            values
        );
    }

    private static string Bind(List<Func<DbCommand, DbParameter>> values, object value)
    {
        var name = PositionalName.Of(values.Count);
        values.Add(Value.Of(name, value));
        return name;
    }
}
