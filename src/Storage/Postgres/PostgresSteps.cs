using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Npgsql;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;

namespace UserManagement.Storage.Postgres;

/// <summary>The steps of a write as commands of one batch. Texts are few and constant, so the server knows their plans.</summary>
internal static class PostgresSteps
{
    /// <summary>
    /// Up to how many rows go as VALUES where tables are cut: those Citus sends to their shard as they are, while rows of a SELECT come to
    /// the coordinator first and are sent from there in a second step. Elsewhere arrays, whose text is one for any number of rows.
    /// </summary>
    private const int MostValues = 100;

    private static readonly ConcurrentDictionary<string, string> Guarded = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<(string Sql, int Rows), string> Asked = new();

    // An upsert goes by the key, in the order of the arrays, whatever the table's size. A limit's row must be there already;
    // $6 is by how much the line in the same row changes, $7 the time, $8 how many rows must be touched.
    private static readonly string Counts = $"""
        WITH touched AS (
            INSERT INTO tallies AS t (workspace_id, kind, "key", slot, used, waiting) SELECT * FROM unnest($1, $2, $3, $4, $5, $6)
            ON CONFLICT (workspace_id, kind, "key", slot) DO UPDATE SET used = t.used + excluded.used,
                waiting = t.waiting + excluded.waiting, grace_until = {CountChanges.GraceUntil("t.", "excluded.used", "$7")}
            WHERE {CountChanges.HasRoom("t.", "excluded.used", "excluded.waiting", "$7")}
            RETURNING t.xmax = 0 AND t.kind IN ({CountChanges.LimitKinds}) AS is_new_limit)
        SELECT 1 / (count(*) = $8 AND NOT bool_or(is_new_limit))::int FROM touched
        """;

    private static readonly ConcurrentDictionary<int, string> FewCounts = new();

    private static NpgsqlBatchCommand Command(NpgsqlConnection connection, Step step, bool isDistributed) =>
        step switch
        {
            Statement statement => Of(connection, statement),
            Question question => Of(connection, question),
            RowInsert { Rows: [var row] } insert => OneRow(connection, insert, row),
            RowInsert insert when isDistributed && insert.Rows.Count <= MostValues => FewRows(connection, insert),
            RowInsert insert => ManyRows(insert),
            CountChanges counts when isDistributed && counts.Counts.Count <= MostValues => Few(counts),
            CountChanges counts => Of(counts),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
        };

    /// <summary>
    /// The steps as one transaction that says where it begins and ends. A batch is one by itself on PostgreSQL, but not behind what takes
    /// it apart: Citus commits each statement of a pipeline on the workers. One statement alone needs no words around it.
    /// <para>
    /// The COMMIT stands behind an error barrier, so the server reads it also when a step failed, and then undoes everything at once: the
    /// locks are gone before the answer is, and no round trip later.
    /// </para>
    /// </summary>
    /// <param name="batch">Empty.</param>
    /// <param name="steps">The steps, one at least.</param>
    /// <param name="patience">After how long a statement that waits for somebody else's lock is given up, with all that went before it;
    /// null for the time of a command.</param>
    /// <param name="isDistributed">See <see cref="MembershipDb.IsDistributed"/>.</param>
    /// <returns>How many commands stand before that of the first step.</returns>
    public static int Fill(NpgsqlBatch batch, IReadOnlyList<Step> steps, TimeSpan? patience, bool isDistributed)
    {
        var commands = batch.BatchCommands;
        var isSpoken = steps.Count > 1 || patience is not null;
        if (isSpoken)
        {
            commands.Add(new("BEGIN"));
        }

        if (patience is { } most)
        {
            // in these words Citus passes it on to the workers, where the locks are (citus.propagate_set_commands = local)
            commands.Add(new(string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {most.TotalMilliseconds:0}")));
        }

        var before = commands.Count;
        foreach (var step in steps)
        {
            commands.Add(Command(batch.Connection!, step, isDistributed));
        }

        if (isSpoken)
        {
            commands[^1].AppendErrorBarrier = true;
            commands.Add(new("COMMIT"));
        }

        return before;
    }

    private static NpgsqlBatchCommand Of(NpgsqlConnection connection, Statement statement)
    {
        // A guarded statement fails, by a division by zero, where it touches no row.
        var command = new NpgsqlBatchCommand(
            statement is { Rows: 1, OnFailure: not null }
                ? Guarded.GetOrAdd(statement.Sql, static sql => $"WITH touched AS ({sql} RETURNING 1) SELECT 1 / count(*) FROM touched")
                : statement.Sql
        );
        using var scratch = connection.CreateCommand();
        foreach (var parameter in statement.Parameters)
        {
            Add(command, parameter(scratch));
        }

        return command;
    }

    private static NpgsqlBatchCommand Of(NpgsqlConnection connection, Question question)
    {
        var command = new NpgsqlBatchCommand(
            Asked.GetOrAdd(
                (question.Sql, question.Rows),
                static q => string.Create(CultureInfo.InvariantCulture, $"SELECT 1 / (count(*) = {q.Rows})::int FROM ({q.Sql}) AS found")
            )
        );
        using var scratch = connection.CreateCommand();
        foreach (var parameter in question.Parameters)
        {
            Add(command, parameter(scratch));
        }

        return command;
    }

    private static NpgsqlBatchCommand OneRow(NpgsqlConnection connection, RowInsert insert, object row)
    {
        var command = new NpgsqlBatchCommand(RowTexts.Insert(insert));
        using var scratch = connection.CreateCommand();
        foreach (var column in insert.Columns)
        {
            Add(command, column.Parameter(scratch, "", row));
        }

        return command;
    }

    private static NpgsqlBatchCommand FewRows(NpgsqlConnection connection, RowInsert insert)
    {
        var command = new NpgsqlBatchCommand(RowTexts.InsertValues(insert));
        using var scratch = connection.CreateCommand();
        foreach (var row in insert.Rows)
        {
            foreach (var column in insert.Columns)
            {
                Add(command, column.Parameter(scratch, "", row));
            }
        }

        return command;
    }

    private static NpgsqlBatchCommand ManyRows(RowInsert insert)
    {
        var command = new NpgsqlBatchCommand(RowTexts.InsertArrays(insert));
        foreach (var column in insert.Columns)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = column.StoredArray(insert.Rows) });
        }

        return command;
    }

    private static NpgsqlBatchCommand Of(CountChanges counts)
    {
        var command = new NpgsqlBatchCommand(Counts);
        var rows = counts.Counts.Select(c => RowOf(counts, c)).ToList();
        object[] values =
        [
            rows.Select(r => r.Workspace).ToArray(),
            rows.Select(r => r.Kind).ToArray(),
            rows.Select(r => r.Key).ToArray(),
            rows.Select(r => r.Slot).ToArray(),
            rows.Select(r => r.Used).ToArray(),
            rows.Select(r => r.Waiting).ToArray(),
            counts.At.ToUnixTimeMilliseconds(),
            (long)rows.Count,
        ];
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    /// <summary>
    /// The same as <see cref="Counts"/> in a statement without a part of its own, which a shard runs as it is: where there is no room, or a
    /// limit's row was not there, it is the row itself that divides by zero.
    /// </summary>
    private static NpgsqlBatchCommand Few(CountChanges counts)
    {
        const string Now = "$1";
        var command = new NpgsqlBatchCommand(
            FewCounts.GetOrAdd(
                counts.Counts.Count,
                static rows =>
                    $"""
                        INSERT INTO tallies AS t (workspace_id, kind, "key", slot, used, waiting) VALUES {RowTexts.Values(rows, 6, 1)}
                        ON CONFLICT (workspace_id, kind, "key", slot) DO UPDATE SET
                            used = (t.used + excluded.used) / COALESCE({CountChanges.HasRoom(
                            "t.",
                            "excluded.used",
                            "excluded.waiting",
                            Now
                        )}, false)::int,
                            waiting = t.waiting + excluded.waiting, grace_until = {CountChanges.GraceUntil("t.", "excluded.used", Now)}
                        RETURNING 1 / (t.xmax <> 0 OR t.kind NOT IN ({CountChanges.LimitKinds}))::int
                        """
            )
        )
        {
            Parameters = { new NpgsqlParameter { Value = counts.At.ToUnixTimeMilliseconds() } },
        };
        foreach (var (workspace, kind, key, slot, used, waiting) in counts.Counts.Select(c => RowOf(counts, c)))
        {
            foreach (var value in new object[] { workspace, kind, key, slot, used, waiting })
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }
        }

        return command;
    }

    private static (Guid Workspace, string Kind, string Key, int Slot, long Used, long Waiting) RowOf(
        CountChanges counts,
        KeyValuePair<CounterId, long> changed
    )
    {
        var (counter, change) = changed;
        return (
            counter.Workspace.Value,
            counter.Kind.ToString(),
            counter.Key,
            counter.IsTotal ? counts.Shard : 0,
            change,
            counts.WaitsOf(counter)
        );
    }

    private static void Add(NpgsqlBatchCommand command, DbParameter parameter)
    {
        if (parameter.ParameterName is ['$', ..])
        {
            parameter.ParameterName = ""; // by position, so that the driver need not read the text
        }

        command.Parameters.Add(parameter);
    }
}
