using System.Diagnostics;
using System.Net;
using Microsoft.Data.Sqlite;
using UserManagement.Host.Web;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>What an orchestrator hears while the database does not answer.</summary>
public class ReadinessTests
{
    private static readonly TimeSpan Bound = Readiness.Patience + TimeSpan.FromSeconds(15); // a busy machine

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_accepts_and_says_nothing_makes_it_not_ready_while_it_hangs_and_it_recovers_alone()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var line = new DatabaseLine(database);
        await using var source = line.NewSource(TimeSpan.FromSeconds(2));
        await using var server = await TestServer.StartAsync(database, source: source);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/readyz"));
        line.Set(LineState.Hanging);
        await IsRedAsync(server);
        line.Set(LineState.Open);
        await IsGreenAsync(server);
    }

    [Fact]
    public async Task A_file_that_another_process_keeps_to_itself_makes_it_not_ready_until_it_lets_go()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var server = await TestServer.StartAsync(database);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/readyz")); // now it has asked for the lock and given it back
        await using var other = new SqliteConnection(database.ConnectionString);
        await other.OpenAsync(Ct);
        await using (var held = other.BeginTransaction(deferred: false))
        {
            await IsRedAsync(server);
            await held.RollbackAsync(Ct);
        }

        await IsGreenAsync(server);
    }

    [Fact]
    public async Task A_database_that_takes_no_writes_is_not_ready()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var server = await TestServer.StartAsync(database);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/readyz"));
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        await PostgresCluster.ExecuteAsync(
            $"alter database {name} set default_transaction_read_only = on",
            $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{name}'"
        );
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(server, "/readyz"));
    }

    [Theory, EachDatabase]
    public async Task The_first_question_after_a_start_asks_for_a_write_too(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var other = new SqliteConnection(kind == Database.Sqlite ? database.ConnectionString : "Data Source=:memory:");
        if (kind == Database.Postgres)
        {
            var name = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
            await PostgresCluster.ExecuteAsync(
                $"alter database {name} set default_transaction_read_only = on",
                $"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '{name}'"
            );
        }

        // It starts on a database that takes no write already: a session that begins meanwhile would not be read-only.
        await using var server = await TestServer.StartAsync(database);
        await other.OpenAsync(Ct);
        await using var held = other.BeginTransaction(deferred: false);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(server, "/readyz"));
        if (kind == Database.Postgres)
        {
            var name = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
            await PostgresCluster.ExecuteAsync($"alter database {name} reset default_transaction_read_only");
        }
    }

    private static async Task IsRedAsync(TestServer server)
    {
        var watch = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => server.Client.GetAsync("/readyz", Ct))); // several ask at once
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.ServiceUnavailable, true), (a.StatusCode, a.Headers.RetryAfter is not null)));
        Assert.True(watch.Elapsed < Bound, watch.Elapsed.ToString());
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, "/livez"));
    }

    private static async Task IsGreenAsync(TestServer server)
    {
        var status = HttpStatusCode.ServiceUnavailable;
        for (var tries = 0; tries < 10 && status != HttpStatusCode.OK; tries++)
        {
            status = await StatusAsync(server, "/readyz");
        }

        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static async Task<HttpStatusCode> StatusAsync(TestServer server, string path) =>
        (await server.Client.GetAsync(path, Ct)).StatusCode;
}
