using Microsoft.Data.Sqlite;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Storage;

namespace UserManagement.Testing;

/// <summary>
/// A database of its own for one test, migrated, empty of people; at disposal gone, or emptied for the next (see PostgresDatabases).
/// <code>await using var database = await TestDatabase.NewAsync(kind);</code>
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string name;
    private readonly PostgresDatabases.Made? made; // null for a database that goes with the test
    private MembershipSource? source;

    private TestDatabase(Database kind, string name, string connectionString, PostgresDatabases.Made? made = null)
    {
        this.name = name;
        this.made = made;
        Target = new DatabaseTarget(kind, connectionString);
    }

    /// <summary>Which product, and how to reach it.</summary>
    public DatabaseTarget Target { get; }

    /// <summary>Which product it is.</summary>
    public Database Kind => Target.Kind;

    /// <summary>The connection string in the product's own syntax.</summary>
    public string ConnectionString => Target.ConnectionString;

    /// <summary>The product's own source over this database, made at the first call and closed with the database.</summary>
    public MembershipSource Source => source ??= Target.NewSource();

    /// <summary>What the core works with, over this database, with the master key that all tests share.</summary>
    /// <param name="time">The clock; null for the real one.</param>
    public Store Store(TimeProvider? time = null) => Source.Store(time ?? TimeProvider.System, new SecretBox(MasterKey));

    /// <summary>Whether it has the product's newest schema.</summary>
    public bool IsMigrated { get; private init; }

    /// <summary>The master key that all tests share.</summary>
    public static byte[] MasterKey { get; } = [.. Enumerable.Range(1, 32).Select(n => (byte)n)];

    /// <summary>A copy of the product's newest schema.</summary>
    public static Task<TestDatabase> NewAsync(Database kind) => NewAsync(kind, DatabaseSchema.Migrate);

    /// <summary>The same, which no test had before: for who looks at plans, which follow dead rows and statistics.</summary>
    public static Task<TestDatabase> UnusedAsync(Database kind) => NewAsync(kind, DatabaseSchema.Migrate, isUnused: true);

    /// <summary>
    /// A copy of what <paramref name="migrate"/> makes of an empty database. It runs once per process and database
    /// product, so it must be a method or a lambda without captured state.
    /// </summary>
    public static Task<TestDatabase> NewAsync(Database kind, Func<DatabaseTarget, Task> migrate) =>
        NewAsync(kind, migrate, isUnused: false);

    private static async Task<TestDatabase> NewAsync(Database kind, Func<DatabaseTarget, Task> migrate, bool isUnused)
    {
        var template = await DatabaseTemplates.GetAsync(kind, migrate);
        if (kind == Database.Sqlite)
        {
            var file = Path.Combine(TestFolder.New(), "usermanagement.db");
            File.Copy(template, file);
            return new TestDatabase(kind, file, new SqliteConnectionStringBuilder { DataSource = file }.ConnectionString)
            {
                IsMigrated = migrate == DatabaseSchema.Migrate,
            };
        }

        if (migrate == DatabaseSchema.Migrate && !isUnused)
        {
            var made = await PostgresDatabases.TakeAsync(template);
            return new TestDatabase(kind, made.Name, made.ConnectionString, made) { IsMigrated = true };
        }

        var name = "test_" + Guid.CreateVersion7().ToString("N");
        await PostgresCluster.ExecuteAsync($"create database {name} template {template} strategy file_copy");
        return new TestDatabase(kind, name, await PostgresCluster.ConnectionStringAsync(name))
        {
            IsMigrated = migrate == DatabaseSchema.Migrate,
        };
    }

    /// <summary>An empty database without any table, for the tests of the migrations themselves.</summary>
    public static Task<TestDatabase> EmptyAsync(Database kind) => NewAsync(kind, _ => Task.CompletedTask);

    /// <summary>Closes idle connections and removes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        if (source is not null)
        {
            await source.DisposeAsync();
        }

        if (Kind == Database.Sqlite)
        {
            await using (var connection = new SqliteConnection(ConnectionString))
            {
                SqliteConnection.ClearPool(connection);
            }

            Directory.Delete(Path.GetDirectoryName(name)!, recursive: true);
            return;
        }

        try
        {
            if (made is not null)
            {
                await StatementWatch.LookAsync(ConnectionString);
            }
        }
        finally
        {
            await (made is null ? PostgresDatabases.DropAsync(name, ConnectionString) : PostgresDatabases.GiveBackAsync(made));
        }
    }
}
