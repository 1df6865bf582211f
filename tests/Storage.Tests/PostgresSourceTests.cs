using Npgsql;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

public class PostgresSourceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The driver would choose by itself who leads, and may believe a node that another has taken the lead from.</summary>
    [Fact]
    public void Several_hosts_are_refused_with_a_sentence()
    {
        var refusal = Assert.Throws<StorageException>(() =>
            MembershipSource.Of(new() { Provider = StorageProvider.Postgres, ConnectionString = "Host=db1,db2;Database=people" })
        );
        Assert.Contains("several hosts", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_servers_that_migrate_at_once_take_turns()
    {
        await using var database = await TestDatabase.EmptyAsync(Database.Postgres);
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async _ =>
                {
                    await using var source = database.Target.NewSource();
                    await source.MigrateAsync(Ct);
                })
        );
        Assert.Empty(await database.Source.PendingAsync(Ct));
    }

    [Fact]
    public async Task A_migration_that_another_process_keeps_waiting_gives_up_with_a_sentence()
    {
        await using var database = await TestDatabase.EmptyAsync(Database.Postgres);
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(Ct);
        await using (var command = new NpgsqlCommand("SELECT pg_advisory_lock(1431130951)", other))
        {
            await command.ExecuteNonQueryAsync(Ct);
        }

        await using var source = MembershipSource.Of(database.Target.Settings() with { MigrationWait = TimeSpan.FromMilliseconds(300) });
        var refusal = await Assert.ThrowsAsync<StorageException>(() => source.MigrateAsync(Ct));
        Assert.Contains("0.3 seconds", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("pg_locks", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_waits_for_a_table_gives_up_with_a_sentence()
    {
        await using var database = await TestDatabase.UnusedAsync(Database.Postgres);
        await using var other = new NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync(Ct);
        await SayAsync("DELETE FROM \"__EFMigrationsHistory\"");
        await using var transaction = await other.BeginTransactionAsync(Ct);
        await SayAsync("LOCK TABLE \"__EFMigrationsHistory\" IN SHARE MODE");

        async Task SayAsync(string statement)
        {
            await using var command = new NpgsqlCommand(statement, other);
            await command.ExecuteNonQueryAsync(Ct);
        }

        await using var source = MembershipSource.Of(database.Target.Settings() with { MigrationWait = TimeSpan.FromMilliseconds(300) });
        var refusal = await Assert.ThrowsAsync<StorageException>(() => source.MigrateAsync(Ct));
        Assert.Contains("pg_stat_activity", refusal.Message, StringComparison.Ordinal);
    }
}
