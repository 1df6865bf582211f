using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace UserManagement.Storage.Sqlite;

/// <summary>
/// Sets what SQLite forgets between connections. <c>synchronous=FULL</c> because NORMAL with a write-ahead log loses
/// acknowledged writes at a power cut. The cache of whoever writes (64 MB) and the rare checkpoint (every 32 MB of log) keep
/// the cost of a write from following the size of the file: the keys of one person lie on a dozen pages far apart. One
/// writes at a time, on a connection that is kept for it; each of those that read has a small cache (2 MB) for the upper
/// pages of the indexes, and the system's for the rest; and all that SQLite holds in this process stays below one limit (96 MB, at which
/// each connection uses its own pages again instead of taking more), however many connections there are. The wait for a lock is short
/// because the driver repeats it until the time of the command is up, which differs from one to the next. Set once for each underlying
/// connection of the pool, not at each opening.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    private static readonly ConditionalWeakTable<object, object> Done = [];
    private static readonly object Mark = new();

    /// <summary>The cache of a connection that reads, in KiB.</summary>
    public const int ToRead = 2 * 1024;

    /// <summary>The cache of the connection that writes, in KiB.</summary>
    public const int ToWrite = 64 * 1024;

    /// <summary>What all connections of the process hold together, in bytes.</summary>
    public const long Together = 96L * 1024 * 1024;

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
        Set((SqliteConnection)connection, ToRead);

    public override Task ConnectionOpenedAsync(
        DbConnection connection,
        ConnectionEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Set((SqliteConnection)connection, ToRead);
        return Task.CompletedTask;
    }

    /// <summary>Sets them on an open connection, unless that was done.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cache">The size of its cache, in KiB.</param>
    public static void Set(SqliteConnection connection, int cache)
    {
        if (Done.TryGetValue(connection.Handle!, out _))
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = $"""
            PRAGMA busy_timeout = 200;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -{cache.ToString(CultureInfo.InvariantCulture)};
            PRAGMA wal_autocheckpoint = 8000;
            PRAGMA soft_heap_limit = {Together.ToString(CultureInfo.InvariantCulture)};
            """;
        command.ExecuteNonQuery();
        Done.AddOrUpdate(connection.Handle!, Mark);
    }
}
