using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace UserManagement.Testing;

/// <summary>
/// Migrated databases that tests copy, because a copy costs some milliseconds and a migration some hundreds.
/// All test processes built from the same code share one: on PostgreSQL those of a cluster, on SQLite those whose environment names a folder for it.
/// </summary>
internal static class DatabaseTemplates
{
    private const string SharedFolder = "USERMANAGEMENT_TEST_TEMPLATES";
    private static readonly ConcurrentDictionary<(Database Kind, string Schema), Lazy<Task<string>>> Made = new();

    /// <summary>The template's database name (PostgreSQL) or file path (SQLite), migrated by the first caller.</summary>
    public static Task<string> GetAsync(Database kind, Func<DatabaseTarget, Task> migrate) =>
        Made.GetOrAdd(
            (kind, Fingerprint(migrate)),
            static (key, migrate) =>
                new(() =>
                    key.Kind switch
                    {
                        Database.Sqlite => MakeFileAsync(key.Schema, migrate),
                        Database.Postgres => MakeDatabaseAsync(key.Schema, migrate),
                        _ => throw new ArgumentOutOfRangeException(nameof(kind), key.Kind, null),
                    }
                ),
            migrate
        ).Value;

    private static async Task<string> MakeFileAsync(string schema, Func<DatabaseTarget, Task> migrate)
    {
        var file = Path.Combine(Environment.GetEnvironmentVariable(SharedFolder) ?? TestFolder.Root, $"template-{schema}.db");
        await using var turn = await TurnAsync(file + ".lock");
        if (File.Exists(file))
        {
            return file;
        }

        var unfinished = file + ".unfinished";
        File.Delete(unfinished);
        // Unpooled, and the log folded into the file: only then is copying the one file enough.
        var connectionString = new SqliteConnectionStringBuilder { DataSource = unfinished, Pooling = false }.ConnectionString;
        await migrate(new DatabaseTarget(Database.Sqlite, connectionString));
        SqliteConnection.ClearAllPools();
        await using (var connection = new SqliteConnection(connectionString))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "pragma wal_checkpoint(truncate)";
            await command.ExecuteNonQueryAsync();
        }

        File.Move(unfinished, file);
        return file;
    }

    /// <summary>Held until it is disposed, or until the process ends; a second process waits and then finds the template made.</summary>
    private static async Task<FileStream> TurnAsync(string file)
    {
        FileStream? turn = null;
        await Until.TrueAsync(
            () =>
            {
                try
                {
                    turn = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                }
                catch (IOException)
                {
                    // another process makes it
                }

                return turn is not null;
            },
            "the template is made"
        );
        return turn!;
    }

    private static async Task<string> MakeDatabaseAsync(string schema, Func<DatabaseTarget, Task> migrate)
    {
        var name = "template_" + schema;
        await using var admin = new NpgsqlConnection(await PostgresCluster.AdminConnectionStringAsync());
        await admin.OpenAsync();
        // Held until the connection closes; a second process waits and then finds the template made.
        await RunAsync(admin, "select pg_advisory_lock(7643)");
        if (await ExistsAsync(admin, name))
        {
            return name;
        }

        // Renamed when whole: a process that dies here leaves no half-migrated template behind.
        var unfinished = name + "_unfinished";
        await RunAsync(admin, $"drop database if exists {unfinished} with (force)");
        await RunAsync(admin, $"create database {unfinished} template template0");
        var target = new NpgsqlConnectionStringBuilder(admin.ConnectionString) { Database = unfinished, Pooling = false };
        await migrate(new DatabaseTarget(Database.Postgres, target.ConnectionString));
        // A connection that the migration left open would forbid every copy.
        await RunAsync(admin, $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{unfinished}'");
        await RunAsync(admin, $"alter database {unfinished} rename to {name}");
        await RunAsync(admin, $"alter database {name} allow_connections false");
        return name;
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection admin, string name)
    {
        await using var command = new NpgsqlCommand("select 1 from pg_database where datname = $1", admin)
        {
            Parameters = { new() { Value = name } },
        };
        return await command.ExecuteScalarAsync() is not null;
    }

    private static async Task RunAsync(NpgsqlConnection admin, string statement)
    {
        await using var command = new NpgsqlCommand(statement, admin);
        await command.ExecuteNonQueryAsync();
    }

    // The built code that decides the schema, and who migrates: another build or another step, another template.
    private static string Fingerprint(Func<DatabaseTarget, Task> migrate)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(
            Encoding.UTF8.GetBytes(
                $"{migrate.Method.Module.ModuleVersionId}/{migrate.Method.DeclaringType?.FullName}/{migrate.Method.Name}"
            )
        );
        hash.AppendData(CodeDigest.Value);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }

    private static readonly Lazy<byte[]> CodeDigest = new(() =>
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var assembly in new[] { "UserManagement.Membership.dll", "UserManagement.Storage.dll" })
        {
            hash.AppendData(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, assembly)));
        }

        return hash.GetHashAndReset();
    });
}
