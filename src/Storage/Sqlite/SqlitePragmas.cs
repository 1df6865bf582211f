using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace UserManagement.Storage.Sqlite;

/// <summary>
/// Sets what SQLite forgets between connections. <c>synchronous=FULL</c> because NORMAL with a write-ahead log loses
/// acknowledged writes at a power cut. The cache (64 MB) and the rare checkpoint (every 32 MB of log) keep the cost of a
/// write from following the size of the file: the keys of one person lie on a dozen pages far apart. The wait for a lock is short because the driver repeats it until the
/// time of the command is up, which differs from one to the next. Set once for each underlying connection of the pool, not at each opening.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    private static readonly ConditionalWeakTable<object, object> Done = [];
    private static readonly object Mark = new();

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set((SqliteConnection)connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set((SqliteConnection)connection);
        return Task.CompletedTask;
    }

    /// <summary>Sets them on an open connection, unless that was done.</summary>
    public static void Set(SqliteConnection connection)
    {
        if (Done.TryGetValue(connection.Handle!, out _))
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = """
            PRAGMA busy_timeout = 200;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -65536;
            PRAGMA wal_autocheckpoint = 8000;
            """;
        command.ExecuteNonQuery();
        Done.AddOrUpdate(connection.Handle!, Mark);
    }
}
