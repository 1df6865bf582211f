using Microsoft.Data.Sqlite;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Storage;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Databases;

/// <summary>A migrated database of this run, with the core's store over it.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private BenchDatabase(DatabaseTarget target, MembershipSource source)
    {
        Target = target;
        Source = source;
        Store = source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey));
    }

    public DatabaseTarget Target { get; }

    public MembershipSource Source { get; }

    public Store Store { get; }

    /// <summary>A new database, empty but for its tables.</summary>
    /// <param name="postgres">The cluster; null for a SQLite file.</param>
    /// <param name="name">Its name, or the file's.</param>
    public static async Task<BenchDatabase> NewAsync(DurablePostgres? postgres, string name)
    {
        var target = postgres is null
            ? new DatabaseTarget(
                Database.Sqlite,
                new SqliteConnectionStringBuilder { DataSource = Path.Combine(TestFolder.New(), name + ".db") }.ConnectionString
            )
            : await postgres.NewAsync(name);
        var source = target.NewSource();
        await source.MigrateAsync(CancellationToken.None);
        return new(target, source);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
