using System.Collections.Concurrent;
using System.Data.Common;
using Npgsql;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;

namespace UserManagement.Storage.Postgres;

/// <summary>The steps of a write as commands of one batch. Texts are few and constant, so the server knows their plans.</summary>
internal static class PostgresSteps
{
    private static readonly ConcurrentDictionary<string, string> Guarded = new(StringComparer.Ordinal);

    // The same conditions as TallyStatements.AddToLimit; $5 is how many rows must be touched.
    private const string Limits = """
        WITH touched AS (
            UPDATE tallies AS t SET used = t.used + v.n FROM unnest($1, $2, $3, $4) AS v(w, kind, "key", n)
            WHERE t.workspace_id = v.w AND t.kind = v.kind AND t."key" = v."key" AND t.slot = 0
              AND CASE WHEN v.kind = 'Admins' THEN v.n > 0 OR t.used + v.n >= 1 ELSE v.n <= 0 OR t."limit" IS NULL OR t.used + v.n <= t."limit" END
            RETURNING 1)
        SELECT 1 / (count(*) = $5)::int FROM touched
        """;

    /// <summary>The command of a step.</summary>
    public static NpgsqlBatchCommand Command(NpgsqlConnection connection, Step step) => step switch
    {
        Statement statement => Of(connection, statement),
        RowInsert { Rows: [var row] } insert => OneRow(connection, insert, row),
        RowInsert insert => ManyRows(insert),
        LimitChanges { Counts: [var only] } => Of(connection, LimitChanges.One(only)),
        LimitChanges limits => Several(limits.Counts),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
    };

    private static NpgsqlBatchCommand Of(NpgsqlConnection connection, Statement statement)
    {
        // A guarded statement fails, by a division by zero, where it touches no row.
        var command = new NpgsqlBatchCommand(statement is { Rows: 1, OnMiss: not null }
            ? Guarded.GetOrAdd(statement.Sql, static sql => $"WITH touched AS ({sql} RETURNING 1) SELECT 1 / count(*) FROM touched")
            : statement.Sql);
        using var scratch = connection.CreateCommand();
        foreach (var parameter in statement.Parameters)
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

    private static NpgsqlBatchCommand Several(IReadOnlyList<KeyValuePair<Pool, long>> counts)
    {
        var command = new NpgsqlBatchCommand(Limits);
        command.Parameters.Add(new NpgsqlParameter { Value = counts.Select(c => c.Key.Workspace.Value).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = counts.Select(c => c.Key.Kind.ToString()).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = counts.Select(c => c.Key.Key).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = counts.Select(c => c.Value).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = (long)counts.Count });
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
