using System.Data.Common;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>What it means when a guarded step touches no row.</summary>
public enum GuardFailure
{
    /// <summary>Somebody changed the row in the meantime: read again and decide again.</summary>
    Conflict,

    /// <summary>No capacity is left in the counter.</summary>
    Full,

    /// <summary>The last admin would go.</summary>
    LastAdmin,

    /// <summary>The configuration from which the act was planned is no longer the workspace's: read it again and decide again.</summary>
    Configuration,

    /// <summary>The token of the request opens no more what it opened a short while ago.</summary>
    Token,

    /// <summary>Something stands against the act, and the step says what.</summary>
    Refused,
}

/// <summary>That a step touched no row although it had to, or found what must not be there.</summary>
/// <param name="Meaning">What it means.</param>
/// <param name="Counter">The counter of a count; null for rows.</param>
/// <param name="Refusal">The refusal of <see cref="GuardFailure.Refused"/>; null for others.</param>
public sealed record FailedGuard(GuardFailure Meaning, CounterId? Counter, Refusal? Refusal = null);

/// <summary>One step of a write; the steps of a write are one transaction. Each product runs them in its own quickest way.</summary>
public abstract record Step;

/// <summary>A statement: its text, its values, and how many rows it must touch.</summary>
/// <param name="Sql">Text with parameters $1, $2 ... by position, or @p0, @p1 ... by name; never both.</param>
/// <param name="Parameters">Makes the parameters on a command of the open connection.</param>
/// <param name="Rows">How many rows it must touch; null for any number.</param>
/// <param name="OnFailure">What it means when it touches another number.</param>
public sealed record Statement(
    string Sql,
    IReadOnlyList<Func<DbCommand, DbParameter>> Parameters,
    int? Rows = null,
    GuardFailure? OnFailure = null
) : Step
{
    /// <summary>The counter that a count's statement changes; null for others.</summary>
    public CounterId? Counter { get; init; }
}

/// <summary>
/// A question that the write depends on, asked amid it: after the rows before it are changed, and before those after it. A
/// SELECT that must find a certain number of rows.
/// </summary>
/// <param name="Sql">A SELECT with parameters $1, $2 ... by position.</param>
/// <param name="Parameters">Makes the parameters.</param>
/// <param name="Rows">How many rows it must find.</param>
/// <param name="OnFailure">What it means when it finds another number.</param>
/// <param name="Refusal">What is answered then, for <see cref="GuardFailure.Refused"/>; null for others.</param>
public sealed record Question(
    string Sql,
    IReadOnlyList<Func<DbCommand, DbParameter>> Parameters,
    int Rows,
    GuardFailure OnFailure,
    Refusal? Refusal = null
) : Step;

/// <summary>Rows to be inserted into one table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">The rows, as entities.</param>
/// <param name="OnConflict">What stands behind the INSERT; empty where a row that is there already is a fault.</param>
public sealed record RowInsert(string Table, IReadOnlyList<RowColumn> Columns, IReadOnlyList<object> Rows, string OnConflict) : Step;

/// <summary>
/// Changes of counts. Totals come first, each on one of the slots over which they are spread; limits follow in the one
/// order of counters, and each must find room.
/// </summary>
/// <param name="Counts">The counters and by how much; of seats also by zero, where only the line for them changes.</param>
/// <param name="Waits">By how much the line for the seats of each workspace changes.</param>
/// <param name="At">The time by which a grace is over or not.</param>
public sealed record CountChanges(
    IReadOnlyList<KeyValuePair<CounterId, long>> Counts,
    IReadOnlyDictionary<Id<Workspace>, long> Waits,
    DateTimeOffset At
) : Step
{
    /// <summary>The kinds that are limits, as words in SQL.</summary>
    public static string LimitKinds { get; } =
        string.Join(
            ", ",
            Enum.GetValues<CounterKind>().Where(k => k != CounterKind.Waiting && !new CounterId(default, k).IsTotal).Select(k => $"'{k}'")
        );

    /// <summary>
    /// The one condition, in the SQL of both databases, under which a count may change: taking needs room, giving back an
    /// admin needs another one, all else always may. Of seats that are given in turn a newcomer takes only what nobody waits for, and
    /// nobody gets in line while there is one for them.
    /// </summary>
    /// <param name="row">What stands before a column of the row: <c>t.</c>, or nothing.</param>
    /// <param name="change">By how much it changes.</param>
    /// <param name="waits">By how much the line changes. Who leaves it as seats are taken is given one.</param>
    /// <param name="now">The time.</param>
    public static string HasRoom(string row, string change, string waits, string now)
    {
        var (used, limit, waiting) = ($"{row}used + {change}", $"{row}\"limit\"", $"{row}waiting");
        var most = $"{limit} + CASE WHEN {row}grace IS NULL OR {row}grace_until <= {now} THEN 0 ELSE {row}grace END";
        return $"CASE WHEN {row}kind = 'Admins' THEN {change} > 0 OR {used} >= 1 WHEN {row}kind = 'Seats' THEN {limit} IS NULL OR CASE "
            + $"WHEN {change} > 0 THEN {used} + CASE WHEN {row}in_line AND {waits} = 0 AND {waiting} > 0 THEN {waiting} ELSE 0 END <= {most} "
            + $"WHEN {change} = 0 AND {waits} > 0 THEN {row}used + {waiting} >= {most} ELSE true END "
            + $"WHEN {row}kind IN ({LimitKinds}) THEN {change} <= 0 OR {limit} IS NULL OR {used} <= {limit} ELSE true END";
    }

    /// <summary>What becomes of the end of a grace: it is set as the limit is passed, and goes when the limit is kept again.</summary>
    public static string GraceUntil(string row, string change, string now) =>
        $"CASE WHEN {row}grace IS NULL OR {row}used + {change} <= {row}\"limit\" THEN NULL "
        + $"WHEN {row}grace_until IS NOT NULL THEN {row}grace_until ELSE {now} + {row}grace_days * 86400000 END";

    /// <summary>The slot of the totals, drawn by chance so that rivals seldom meet.</summary>
    public int Shard { get; } = Random.Shared.Next(Counter.Spread);

    /// <summary>The limits among them.</summary>
    public IEnumerable<KeyValuePair<CounterId, long>> Limits => Counts.Where(c => !c.Key.IsTotal);

    /// <summary>The statement of one of them.</summary>
    public Statement One(KeyValuePair<CounterId, long> count) =>
        count.Key.IsTotal
            ? CounterStatements.AddToTotal(count.Key, Shard, count.Value)
            : CounterStatements.AddToLimit(count.Key, count.Value, WaitsOf(count.Key), At);

    /// <summary>By how much the line changes that is kept in a counter's row.</summary>
    public long WaitsOf(CounterId counter) => counter.Kind == CounterKind.Seats ? Waits.GetValueOrDefault(counter.Workspace) : 0;
}
