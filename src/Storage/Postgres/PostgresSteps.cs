using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using Npgsql;
using UserManagement.Membership.Data;

namespace UserManagement.Storage.Postgres;

/// <summary>The steps of a write as commands of one batch. Texts are few and constant, so the server knows their plans.</summary>
internal static class PostgresSteps
{
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

    private static NpgsqlBatchCommand Command(NpgsqlConnection connection, Step step) =>
        step switch
        {
            Statement statement => Of(connection, statement),
            Question question => Of(connection, question),
            RowInsert { Rows: [var row] } insert => OneRow(connection, insert, row),
            RowInsert insert => ManyRows(insert),
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
    /// <returns>How many commands stand before that of the first step.</returns>
    public static int Fill(NpgsqlBatch batch, IReadOnlyList<Step> steps, TimeSpan? patience)
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
            commands.Add(Command(batch.Connection!, step));
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

    private static NpgsqlBatchCommand ManyRows(RowInsert insert)
    {
        var command = new NpgsqlBatchCommand(RowTexts.InsertArrays(insert));
        foreach (var column in insert.Columns)
        {
            var type = column.StoredType;
            var values = Array.CreateInstance(type.IsValueType ? typeof(Nullable<>).MakeGenericType(type) : type, insert.Rows.Count);
            for (var i = 0; i < insert.Rows.Count; i++)
            {
                values.SetValue(column.Stored(insert.Rows[i]), i);
            }

            command.Parameters.Add(new NpgsqlParameter { Value = values });
        }

        return command;
    }

    private static NpgsqlBatchCommand Of(CountChanges counts)
    {
        var command = new NpgsqlBatchCommand(Counts);
        var changed = counts.Counts;
        var (workspaces, kinds, keys, slots, numbers, waits) = (
            new Guid[changed.Count],
            new string[changed.Count],
            new string[changed.Count],
            new int[changed.Count],
            new long[changed.Count],
            new long[changed.Count]
        );
        for (var i = 0; i < changed.Count; i++)
        {
            var (counter, change) = changed[i];
            (workspaces[i], kinds[i], keys[i], slots[i], numbers[i], waits[i]) = (
                counter.Workspace.Value,
                counter.Kind.ToString(),
                counter.Key,
                counter.IsTotal ? counts.Shard : 0,
                change,
                counts.WaitsOf(counter)
            );
        }

        object[] values = [workspaces, kinds, keys, slots, numbers, waits, counts.At.ToUnixTimeMilliseconds(), (long)changed.Count];
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
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
