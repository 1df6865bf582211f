using Npgsql;
using NpgsqlTypes;

namespace UserManagement.Benchmarks.Ceiling;

/// <summary>Raw Npgsql with prepared statements.</summary>
internal sealed class BarePostgres(string connectionString) : BareStore
{
    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 32,
            AutoPrepareMinUsages = 1,
            NoResetOnClose = true,
        }
    );

    public override async Task<List<BareRow>> ReadAsync(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<BareRow>();
        while (await reader.ReadAsync())
        {
            rows.Add(Row(reader));
        }

        return rows;
    }

    public override async Task<int> WriteAsync(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = _source.CreateCommand(sql);
        for (var i = 0; i < values.Length; i++)
        {
            // a parameter without a type would keep the statement from being prepared
            command.Parameters.Add(
                values[i] is null
                    ? new NpgsqlParameter(Names[i], i == 2 ? NpgsqlDbType.Uuid : NpgsqlDbType.Text) { Value = DBNull.Value }
                    : new NpgsqlParameter(Names[i], values[i])
            );
        }

        return command;
    }

    private static readonly string[] Names = [.. Enumerable.Range(0, 32).Select(i => $"@p{i}")];
}
