using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public class TestDatabaseTests
{
    private static int migrations;

    [Theory, EachDatabase]
    public async Task A_test_database_starts_as_the_migration_left_it_and_keeps_its_writes_to_itself(Database kind)
    {
        await using var first = await TestDatabase.NewAsync(kind, Migrate);
        await using var second = await TestDatabase.NewAsync(kind, Migrate);

        await RunAsync(first.Target, "insert into seat(id) values (2)");

        Assert.Equal(2L, await CountAsync(first.Target));
        Assert.Equal(1L, await CountAsync(second.Target));
    }

    [Theory, EachDatabase]
    public async Task Twenty_databases_of_one_schema_cost_at_most_one_migration_each_product(Database kind)
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TestDatabase.NewAsync(kind, CountedMigrate)));
        Assert.True(migrations <= 2, $"{migrations} migrations for two databases");
        foreach (var database in made)
        {
            Assert.Equal(1L, await CountAsync(database.Target));
            await database.DisposeAsync();
        }
    }

    [Theory, EachDatabase]
    public async Task A_disposed_database_is_gone(Database kind)
    {
        var database = await TestDatabase.NewAsync(kind, Migrate);
        await RunAsync(database.Target, "insert into seat(id) values (2)");
        await database.DisposeAsync();
        await Assert.ThrowsAnyAsync<DbException>(() => CountAsync(database.Target));
    }

    [Theory, EachDatabase]
    public async Task A_test_database_has_the_newest_schema_of_the_product(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var source = database.Target.NewSource();
        Assert.Empty(await source.PendingAsync(TestContext.Current.CancellationToken));
    }

    [Theory, EachDatabase("eleven", 11), EachDatabase("twelve", 12)]
    public void Values_follow_the_database(Database kind, string word, int number)
    {
        Assert.True(Enum.IsDefined(kind));
        Assert.Equal(word, number == 11 ? "eleven" : "twelve");
    }

    private static Task Migrate(DatabaseTarget target) =>
        RunAsync(target, "create table seat(id integer primary key); insert into seat(id) values (1)");

    private static Task CountedMigrate(DatabaseTarget target)
    {
        Interlocked.Increment(ref migrations);
        return Migrate(target);
    }

    private static async Task RunAsync(DatabaseTarget target, string sql)
    {
        await using var connection = Open(target);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(DatabaseTarget target)
    {
        await using var connection = Open(target);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select count(*) from seat";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static DbConnection Open(DatabaseTarget target) =>
        target.Kind switch
        {
            Database.Sqlite => new SqliteConnection(target.ConnectionString),
            _ => new NpgsqlConnection(target.ConnectionString),
        };
}
