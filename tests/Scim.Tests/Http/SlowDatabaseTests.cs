using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using UserManagement.Membership;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Storage;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>A database that hangs, is away, or lets nobody write: 503 in time, and all goes on by itself afterwards.</summary>
public class SlowDatabaseTests
{
    private const string User = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.com"}""";
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_hangs_or_is_away_is_503_within_its_time_and_comes_back_by_itself()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var line = new DatabaseLine(database);
        await using var source = line.NewSource(CommandTimeout);
        await using var server = await StartAsync(source);
        var ask = await AskAsync(server);

        Assert.Equal(200, (await ask("GET", "/Users", null)).Status);
        foreach (var state in (LineState[])[LineState.Hanging, LineState.Cut])
        {
            line.Set(state);
            foreach (var (method, path, body) in (ValueTuple<string, string, string?>[])[("GET", "/Users", null), ("POST", "/Users", User)])
            {
                await IsAwayAsync(() => ask(method, path, body), $"{state} {method}");
            }

            line.Set(LineState.Open);
            await UntilBackAsync(ask);
        }

        Assert.Equal(201, (await ask("POST", "/Users", User)).Status);
        Assert.Equal(409, (await ask("POST", "/Users", User)).Status); // the same once more, as after a lost answer
    }

    [Fact]
    public async Task A_database_that_hangs_amid_a_query_without_an_index_is_503_and_the_query_is_not_to_blame()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var line = new DatabaseLine(database);
        await using var source = line.NewSource(CommandTimeout);
        await using var server = await StartAsync(source);
        var ask = await AskAsync(server);
        Assert.Equal(201, (await ask("POST", "/Users", User)).Status);
        foreach (var query in (string[])["filter=title co \"x\"", "filter=userName co \"ada\"", "sortBy=title"])
        {
            line.HangAt("FROM members");
            await IsAwayAsync(() => ask("GET", "/Users?" + query, null), query);
            line.Set(LineState.Open);
            await UntilBackAsync(ask);
            Assert.Equal(200, (await ask("GET", "/Users?" + query, null)).Status);
        }
    }

    [Fact]
    public async Task A_query_that_takes_a_database_too_long_which_answers_others_is_tooMany()
    {
        await using var server = await DoorServer.StartAsync(
            Database.Postgres,
            options: o => o.MaxQueryTime = TimeSpan.FromMilliseconds(400)
        );
        for (var i = 0; i < 4; i++)
        {
            await server.UserAsync($"u{i}@example.com");
        }

        await using (var connection = new NpgsqlConnection(server.Database!.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            await using var slow = new NpgsqlCommand(
                "ALTER TABLE members RENAME TO members_fast; CREATE VIEW members AS SELECT m.* FROM members_fast m, LATERAL (SELECT pg_sleep(0.5), m.id) s",
                connection
            );
            await slow.ExecuteNonQueryAsync(Ct); // each row takes its time
        }

        foreach (var query in (string[])["filter=title co \"x\"", "filter=userName co \"u\"", "sortBy=title"])
        {
            var answer = await server.SendAsync("GET", "/Users?" + query);
            Assert.True(answer is { Status: 400, ScimType: "tooMany" }, query + ": " + answer.Text);
        }
    }

    [Fact]
    public async Task A_file_that_another_process_holds_is_503_for_all_who_write_within_their_time_while_reading_goes_on()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var source = MembershipSource.Of(
            new StorageSettings
            {
                Provider = StorageProvider.Sqlite,
                ConnectionString = database.ConnectionString,
                CommandTimeout = CommandTimeout,
            }
        );
        await using var server = await StartAsync(source);
        var ask = await AskAsync(server);
        await using var other = new SqliteConnection(database.ConnectionString);
        await other.OpenAsync(Ct);
        await using (var held = other.BeginTransaction(deferred: false))
        {
            // the first to ask notes the use of the token, which cannot be written now: it is left out
            Assert.Equal(200, (await ask("GET", "/Users", null)).Status);
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => IsAwayAsync(() => ask("POST", "/Users", User), "POST")));
            Assert.Equal(200, (await ask("GET", "/Users?filter=title co \"x\"", null)).Status);
            await held.RollbackAsync(Ct);
        }

        Assert.Equal(201, (await ask("POST", "/Users", User)).Status);
        Assert.Equal(409, (await ask("POST", "/Users", User)).Status);
    }

    [Fact]
    public async Task A_bulk_request_whose_database_hangs_half_way_answers_what_it_did_and_stops()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var line = new DatabaseLine(database);
        await using var source = line.NewSource(CommandTimeout);
        await using var server = await StartAsync(source);
        var ask = await AskAsync(server);
        line.HangAt("number5@example.com");
        var answer = await ask("POST", "/Bulk", Bulk(8));
        Assert.True(answer.Status == 200, $"{answer.Status} {answer.Text}");
        var results = answer.Json["Operations"]!.AsArray();
        Assert.Equal(["201", "201", "201", "201", "201", "503"], results.Select(r => r!["status"]!.GetValue<string>()));
        Assert.All(
            results.Take(5),
            r => Assert.StartsWith(DoorServer.PublicUrl, r!["location"]!.GetValue<string>(), StringComparison.Ordinal)
        );
        Assert.Equal(("b5", "503"), (results[5]!["bulkId"]!.GetValue<string>(), results[5]!["response"]!["status"]!.GetValue<string>()));
        Assert.DoesNotContain("Npgsql", answer.Text, StringComparison.Ordinal);
        Assert.Contains(server.Log.All, entry => entry.StartsWith("Warning: SCIM: the database is away", StringComparison.Ordinal));

        line.Set(LineState.Open);
        await UntilBackAsync(ask);
        Assert.Equal(5, (await ask("GET", "/Users", null)).Json["totalResults"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_bulk_request_on_a_file_that_another_process_holds_waits_for_one_operation_and_not_for_each()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var source = MembershipSource.Of(
            new StorageSettings
            {
                Provider = StorageProvider.Sqlite,
                ConnectionString = database.ConnectionString,
                CommandTimeout = CommandTimeout,
            }
        );
        await using var server = await StartAsync(source);
        var ask = await AskAsync(server);
        await using var other = new SqliteConnection(database.ConnectionString);
        await other.OpenAsync(Ct);
        await using (var held = other.BeginTransaction(deferred: false))
        {
            var answer = await ask("POST", "/Bulk", Bulk(8));
            Assert.Equal(200, answer.Status);
            Assert.Equal(["503"], answer.Json["Operations"]!.AsArray().Select(r => r!["status"]!.GetValue<string>()));
            await held.RollbackAsync(Ct);
        }

        var again = await ask("POST", "/Bulk", Bulk(8));
        Assert.All(again.Json["Operations"]!.AsArray(), r => Assert.Equal("201", r!["status"]!.GetValue<string>()));
    }

    private static Task<DoorServer> StartAsync(MembershipSource source) =>
        DoorServer.StartAsync(source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey)));

    private static string Bulk(int count)
    {
        var operations = Enumerable
            .Range(0, count)
            .Select(n =>
                $$$"""{"method":"POST","path":"/Users","bulkId":"b{{{n}}}","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"number{{{n}}}@example.com"}}"""
            );
        return $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{string.Join(',', operations)}}]}""";
    }

    private static async Task<Func<string, string, string?, Task<Answer>>> AskAsync(DoorServer server)
    {
        var (_, token) = await server.WorkspaceAsync("acme");
        return (method, path, body) => server.SendAsync(method, path, body, r => r.Headers.Authorization = new("Bearer", token));
    }

    private static async Task IsAwayAsync(Func<Task<Answer>> ask, string what)
    {
        var watch = Stopwatch.StartNew();
        var answer = await ask();
        Assert.True(answer.Status == 503, $"{what}: {answer.Status} {answer.Text}");
        Assert.NotNull(answer.Header("Retry-After"));
        Assert.Equal("503", answer.Json["status"]!.GetValue<string>());
        Assert.True(watch.Elapsed < Until.Longest, $"{what}: {watch.Elapsed}");
    }

    /// <summary>What broke is noticed by the connections of the pool one by one.</summary>
    private static async Task UntilBackAsync(Func<string, string, string?, Task<Answer>> ask)
    {
        Answer back;
        for (var tries = 0; (back = await ask("GET", "/Users", null)).Status == 503 && tries < 10; tries++) { }

        Assert.Equal(200, back.Status);
    }
}
