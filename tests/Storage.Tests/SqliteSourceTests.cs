using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

public class SqliteSourceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_connection_logs_ahead_flushes_each_commit_waits_for_the_lock_and_keeps_references()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        var open = new List<MembershipDb>();
        for (var i = 0; i < 5; i++)
        {
            var db = database.Source.Open();
            await db.Database.OpenConnectionAsync(Ct); // held, so that the next is another connection
            open.Add(db);
            Assert.Equal("wal", await PragmaAsync(db, "journal_mode"));
            Assert.Equal("2", await PragmaAsync(db, "synchronous"));
            Assert.Equal("200", await PragmaAsync(db, "busy_timeout")); // the driver repeats it until the command's time is up
            Assert.Equal("1", await PragmaAsync(db, "foreign_keys"));
            Assert.Equal("-2048", await PragmaAsync(db, "cache_size")); // each connection may come to hold it
            Assert.Equal("100663296", await PragmaAsync(db, "soft_heap_limit")); // and all of the process together this
        }

        foreach (var db in open)
        {
            await db.DisposeAsync();
        }

        await using var pooled = database.Source.Open();
        await pooled.Database.OpenConnectionAsync(Ct);
        Assert.Equal("2", await PragmaAsync(pooled, "synchronous"));
        Assert.Equal("1", await PragmaAsync(pooled, "foreign_keys"));
    }

    [Fact]
    public async Task A_source_that_closes_lets_go_of_the_file_and_of_the_connections_it_kept()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        var file = Path.GetFullPath(new SqliteConnectionStringBuilder(database.ConnectionString).DataSource);
        int Held() => Directory.EnumerateFiles("/proc/self/fd").Count(fd => Target(fd)?.StartsWith(file, StringComparison.Ordinal) == true);
        var source = MembershipSource.Of(
            new StorageSettings { Provider = StorageProvider.Sqlite, ConnectionString = database.ConnectionString + ";Cache=Private" }
        );
        var before = Held();
        await using (var db = source.Open())
        {
            var batch = new ReadBatch();
            var one = batch.Read("SELECT count(*) FROM workspaces", row => row.GetInt64(0));
            await batch.RunAsync(db, Ct);
            Assert.Equal([0L], one.Rows);
        }

        Assert.True(Held() > before);
        await source.DisposeAsync();
        Assert.Equal(before, Held());
    }

    /// <summary>What a descriptor is open on; null when another thread closed it since it was listed.</summary>
    private static string? Target(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, false)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }

    [Fact]
    public async Task A_lock_that_a_killed_migration_left_behind_does_not_stop_the_next()
    {
        await using var database = await TestDatabase.EmptyAsync(Database.Sqlite);
        await using (var connection = new SqliteConnection(database.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01 00:00:00');
                """;
            await command.ExecuteNonQueryAsync(Ct);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Until.Longest);
        await database.Source.MigrateAsync(patience.Token);
        Assert.Empty(await database.Source.PendingAsync(Ct));
    }

    [Fact]
    public async Task A_second_server_and_a_migration_beside_a_server_are_refused_in_a_sentence_and_readers_are_not()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        database.Source.HoldAsServer();
        database.Source.HoldAsServer();

        await using var second = database.Target.NewSource();
        var refusal = Assert.Throws<StorageException>(second.HoldAsServer);
        Assert.Contains(
            $"(process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)})",
            refusal.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("--data", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageException>(() => second.MigrateAsync(Ct));
        await using (var db = second.Open())
        {
            Assert.Empty(await db.Workspaces.ToListAsync(Ct));
        }

        await database.Source.MigrateAsync(Ct);
        await database.Source.DisposeAsync();
        second.HoldAsServer();
    }

    [Fact]
    public async Task The_claim_of_a_killed_process_is_free()
    {
        var file = Path.Combine(TestFolder.New(), "usermanagement.db");
        await File.WriteAllTextAsync(file + ".pid", "999999", Ct);
        using (
            var holder = Process.Start(
                // one process: a child of its own would hold the lock until it, too, has ended
                new ProcessStartInfo("flock", ["--no-fork", file + ".lock", "sh", "-c", "echo held; exec sleep 600"])
                {
                    RedirectStandardOutput = true,
                }
            )!
        )
        {
            await using var refused = MembershipSource.Of(
                new() { Provider = StorageProvider.Sqlite, ConnectionString = $"Data Source={file}" }
            );
            Assert.Equal("held", await holder.StandardOutput.ReadLineAsync(Ct));
            Assert.Contains("999999", Assert.Throws<StorageException>(refused.HoldAsServer).Message, StringComparison.Ordinal);
            holder.Kill();
            await holder.WaitForExitAsync(Ct);
        }

        await using var next = MembershipSource.Of(new() { Provider = StorageProvider.Sqlite, ConnectionString = $"Data Source={file}" });
        next.HoldAsServer();
    }

    private static async Task<string?> PragmaAsync(MembershipDb db, string name)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA " + name;
        return Convert.ToString(await command.ExecuteScalarAsync(Ct), CultureInfo.InvariantCulture);
    }
}
