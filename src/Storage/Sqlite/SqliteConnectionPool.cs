using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace UserManagement.Storage.Sqlite;

/// <summary>
/// Connections that stay open between uses and remember what they prepared, for hand-written statements: to open one
/// costs more than a keyed read, and SQLite has no plan of a statement but on the connection that made it.
/// </summary>
internal sealed class SqliteConnectionPool
{
    private const int MostIdle = 16; // each may come to hold its cache
    private static readonly ConcurrentDictionary<(string, int), SqliteConnectionPool> Known = new();
    private readonly (string ConnectionString, int Cache) _key;
    private readonly ConcurrentStack<PooledConnection> _idle = [];
    private int _idleCount;

    private SqliteConnectionPool((string ConnectionString, int Cache) key) => _key = key;

    /// <summary>The connections to read a database.</summary>
    public static SqliteConnectionPool ToRead(string connectionString) =>
        Known.GetOrAdd((connectionString, SqlitePragmas.ToRead), static key => new(key));

    /// <summary>The connection to write to it: one at a time, so one is kept.</summary>
    public static SqliteConnectionPool ToWrite(string connectionString) =>
        Known.GetOrAdd((connectionString, SqlitePragmas.ToWrite), static key => new(key));

    /// <summary>Closes the idle connections of a database and forgets it; those in use close when they are given back.</summary>
    public static void Close(string connectionString)
    {
        foreach (var cache in (int[])[SqlitePragmas.ToRead, SqlitePragmas.ToWrite])
        {
            if (Known.TryRemove((connectionString, cache), out var pool))
            {
                pool.CloseIdle();
            }
        }
    }

    /// <summary>A connection for one user; disposing gives it back.</summary>
    public PooledConnection Take()
    {
        if (!_idle.TryPop(out var connection))
        {
            return new(this, _key.ConnectionString, _key.Cache);
        }

        Interlocked.Decrement(ref _idleCount);
        return connection;
    }

    /// <summary>Takes a connection back.</summary>
    internal void Give(PooledConnection connection)
    {
        if (Interlocked.Increment(ref _idleCount) > MostIdle)
        {
            Interlocked.Decrement(ref _idleCount);
            connection.Close();
            return;
        }

        _idle.Push(connection);
        if (!Known.TryGetValue(_key, out var known) || known != this)
        {
            CloseIdle(); // closed meanwhile
        }
    }

    private void CloseIdle()
    {
        while (_idle.TryPop(out var connection))
        {
            Interlocked.Decrement(ref _idleCount);
            connection.Close();
        }
    }
}

/// <summary>One such connection; for one user at a time.</summary>
internal sealed class PooledConnection : IDisposable
{
    private const int MostPrepared = 256;
    private readonly SqliteConnectionPool _home;
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    internal PooledConnection(SqliteConnectionPool home, string connectionString, int cache)
    {
        _home = home;
        _connection = new SqliteConnection(connectionString);
        try
        {
            _connection.Open();
            SqlitePragmas.Set(_connection, cache);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether what it was taken for came to its end; one that met a fault is not used again.</summary>
    public bool IsHealthy { get; set; }

    /// <summary>The connection, to begin a transaction on.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>The command of a text, prepared, without parameters.</summary>
    public SqliteCommand Prepared(string sql)
    {
        if (_prepared.TryGetValue(sql, out var known))
        {
            known.Parameters.Clear();
            known.Transaction = null;
            return known;
        }

        if (_prepared.Count >= MostPrepared)
        {
            Forget();
        }

        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return _prepared[sql] = command;
    }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        if (IsHealthy)
        {
            IsHealthy = false;
            _home.Give(this);
        }
        else
        {
            Close();
        }
    }

    internal void Close()
    {
        Forget();
        _connection.Dispose();
    }

    private void Forget()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        _prepared.Clear();
    }
}
