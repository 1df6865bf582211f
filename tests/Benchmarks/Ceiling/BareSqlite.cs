using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace UserManagement.Benchmarks.Ceiling;

/// <summary>
/// Raw SQLite: kept connections with prepared statements, a write-ahead log that is flushed at each commit, one writer at a time.
/// </summary>
internal sealed class BareSqlite(string connectionString) : BareStore, IDisposable
{
    private readonly ConcurrentBag<Kept> _idle = [];
    private readonly SemaphoreSlim _writer = new(1, 1);

    public override Task<List<BareRow>> ReadAsync(string sql, params object?[] values)
    {
        var kept = Take();
        try
        {
            var rows = new List<BareRow>();
            using var reader = kept.Command(sql, values).ExecuteReader();
            while (reader.Read())
            {
                rows.Add(Row(reader));
            }

            return Task.FromResult(rows);
        }
        finally
        {
            _idle.Add(kept);
        }
    }

    public override async Task<int> WriteAsync(string sql, params object?[] values)
    {
        await _writer.WaitAsync();
        var kept = Take();
        try
        {
            return kept.Command(sql, values).ExecuteNonQuery();
        }
        finally
        {
            _idle.Add(kept);
            _writer.Release();
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        foreach (var kept in _idle)
        {
            kept.Dispose();
        }
    }

    private Kept Take() => _idle.TryTake(out var kept) ? kept : new(connectionString);

    private sealed class Kept : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly Dictionary<string, SqliteCommand> _commands = [];

        public Kept(string connectionString)
        {
            _connection = new(connectionString);
            _connection.Open();
            using var pragmas = _connection.CreateCommand();
            pragmas.CommandText = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
            pragmas.ExecuteNonQuery();
        }

        public void Dispose() => _connection.Dispose();

        public SqliteCommand Command(string sql, object?[] values)
        {
            if (!_commands.TryGetValue(sql, out var command))
            {
                command = _commands[sql] = _connection.CreateCommand();
                command.CommandText = sql;
                for (var i = 0; i < values.Length; i++)
                {
                    command.Parameters.AddWithValue($"@p{i}", DBNull.Value);
                }
            }

            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters[i].Value = values[i] ?? DBNull.Value;
            }

            return command;
        }
    }
}
