using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Seeding;

/// <summary>Rows of one table, as many as there are: COPY on PostgreSQL, one transaction of one prepared statement on SQLite.</summary>
internal static class BulkLoad
{
    /// <summary>Loads the rows; an array may be used again for the next row.</summary>
    public static Task RunAsync(DatabaseTarget target, string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows) =>
        target.Kind == Database.Postgres ? CopyAsync(target, table, columns, rows) : InsertAsync(target, table, columns, rows);

    /// <summary>
    /// Runs loads without the indexes of their tables and makes them again: for many rows several times as fast.
    /// On SQLite, where a table's first key cannot be taken away, the loads just run.
    /// </summary>
    public static async Task WithoutIndexesAsync(DatabaseTarget target, IReadOnlyList<string> tables, Func<Task> loads)
    {
        if (target.Kind != Database.Postgres)
        {
            await loads();
            return;
        }

        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(target.ConnectionString) { CommandTimeout = 0 });
        var (drops, makes) = await IndexesAsync(source, tables);
        foreach (var drop in drops)
        {
            await RunAsync(source, drop);
        }

        await loads();
        await Parallel.ForEachAsync(
            makes,
            new ParallelOptions { MaxDegreeOfParallelism = 2 },
            async (make, _) => await RunAsync(source, make)
        );
    }

    /// <summary>What autovacuum does in time: statistics for the planner, and the map that lets an index answer alone.</summary>
    public static async Task SettleAsync(DatabaseTarget target)
    {
        if (target.Kind == Database.Postgres)
        {
            await using var source = NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(target.ConnectionString) { CommandTimeout = 0 }
            );
            await RunAsync(source, "VACUUM ANALYZE");
            await RunAsync(source, "CHECKPOINT");
        }
    }

    private static async Task<(List<string> Drops, List<string> Makes)> IndexesAsync(NpgsqlDataSource source, IReadOnlyList<string> tables)
    {
        await using var command = source.CreateCommand(
            """
            SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname), format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE contype = 'p' AND conrelid = ANY (SELECT t::regclass FROM unnest($1) t)
            UNION ALL
            SELECT format('DROP INDEX %s', quote_ident(relname)), pg_get_indexdef(i.indexrelid)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisprimary AND i.indrelid = ANY (SELECT t::regclass FROM unnest($1) t)
            """
        );
        command.Parameters.Add(new() { Value = tables.ToArray() });
        List<string> drops = [],
            makes = [];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            drops.Add(reader.GetString(0));
            makes.Add(reader.GetString(1));
        }

        return (drops, makes);
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task CopyAsync(DatabaseTarget target, string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows)
    {
        await using var connection = new NpgsqlConnection(target.ConnectionString);
        await connection.OpenAsync();
        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY {table} ({string.Join(", ", columns.Select(Quoted))}) FROM STDIN (FORMAT BINARY)"
        );
        copy.Timeout = TimeSpan.FromMinutes(30);
        foreach (var row in rows)
        {
            await copy.StartRowAsync();
            foreach (var value in row)
            {
                await (
                    value switch
                    {
                        null => copy.WriteNullAsync(),
                        Guid id => copy.WriteAsync(id, NpgsqlDbType.Uuid),
                        string text => copy.WriteAsync(text, NpgsqlDbType.Text),
                        long number => copy.WriteAsync(number, NpgsqlDbType.Bigint),
                        int number => copy.WriteAsync(number, NpgsqlDbType.Integer),
                        bool flag => copy.WriteAsync(flag, NpgsqlDbType.Boolean),
                        byte[] bytes => copy.WriteAsync(bytes, NpgsqlDbType.Bytea),
                        _ => throw new NotSupportedException($"{value.GetType()} in {table}"),
                    }
                );
            }
        }

        await copy.CompleteAsync();
    }

    private static async Task InsertAsync(DatabaseTarget target, string table, IReadOnlyList<string> columns, IEnumerable<object?[]> rows)
    {
        await using var connection = new SqliteConnection(target.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = connection.BeginTransaction();
        await using var insert = connection.CreateCommand();
        var text = new StringBuilder()
            .Append("INSERT INTO ")
            .Append(table)
            .Append(" (")
            .AppendJoin(", ", columns.Select(Quoted))
            .Append(") VALUES (");
        for (var i = 0; i < columns.Count; i++)
        {
            var name = "$p" + i.ToString(CultureInfo.InvariantCulture);
            text.Append(i == 0 ? "" : ", ").Append(name);
            insert.Parameters.AddWithValue(name, DBNull.Value);
        }

        insert.CommandText = text.Append(')').ToString();
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                insert.Parameters[i].Value = row[i] ?? DBNull.Value;
            }

            insert.ExecuteNonQuery();
        }

        await transaction.CommitAsync();
    }

    private static string Quoted(string name) => $"\"{name}\"";
}
