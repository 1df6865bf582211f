using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using UserManagement.Host.Web;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

public class HostAppTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_server_is_alive_and_ready_and_says_nothing_about_itself(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database);
        foreach (var path in new[] { "/livez", "/readyz", "/nothing/here" })
        {
            var answer = await server.Client.GetAsync(path, Ct);
            Assert.Equal(path == "/nothing/here" ? HttpStatusCode.NotFound : HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Server"));
            Assert.DoesNotContain("0.1.0", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    [Theory, EachDatabase]
    public async Task A_database_without_its_tables_is_not_ready_until_it_is_migrated(Database kind)
    {
        await using var database = await TestDatabase.EmptyAsync(kind);
        await using var server = await TestServer.StartAsync(database);
        var answer = await server.Client.GetAsync("/readyz", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        await database.Source.MigrateAsync(Ct);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/readyz", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_database_that_goes_away_makes_503_with_a_time_to_come_back_and_the_server_lives_on()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await using var server = await TestServer.StartAsync(database);
        var name = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/readyz", Ct)).StatusCode);
        await PostgresCluster.ExecuteAsync(
            $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'",
            $"alter database {name} rename to {name}_away"
        );

        foreach (var path in new[] { "/readyz", "/enter/some-secret-of-somebody", "/scim/v2/acme/Users" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer umscim_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG");
            var answer = await server.Client.SendAsync(request, Ct);
            Assert.Equal((path, HttpStatusCode.ServiceUnavailable), (path, answer.StatusCode));
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.DoesNotContain("Npgsql", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/livez", Ct)).StatusCode);
        await PostgresCluster.ExecuteAsync($"alter database {name}_away rename to {name}");
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/readyz", Ct)).StatusCode);
    }

    [Theory]
    [InlineData("evil.example.org", false)]
    [InlineData("localhost.evil.example.org", false)]
    [InlineData("people.example.org", true)]
    [InlineData("PEOPLE.example.org:8443", true)]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1:5080", true)]
    [InlineData("[::1]", true)]
    public async Task Only_names_of_this_server_are_answered_and_probes_by_any(string host, bool answered)
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var server = await TestServer.StartAsync(database, set: ("PublicUrl", "https://people.example.org"));
        Assert.Equal(!answered, await StatusAsync("/docs") == HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/livez"));

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, server.Settings.Urls[0] + path[1..]);
            request.Headers.Host = host;
            return (await server.Client.SendAsync(request, Ct)).StatusCode;
        }
    }

    [Theory, EachDatabase]
    public async Task What_one_server_protects_another_opens_and_the_keys_lie_sealed(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var first = await TestServer.StartAsync(database);
        var sealedText = first.Service<IDataProtectionProvider>().CreateProtector("test").Protect("hello");
        await using var second = await TestServer.StartAsync(database);
        Assert.Equal("hello", second.Service<IDataProtectionProvider>().CreateProtector("test").Unprotect(sealedText));
        await using var db = first.Store.Read();
        Assert.All(
            await db.ProtectionKeys.ToListAsync(Ct),
            k => Assert.DoesNotContain("<key", System.Text.Encoding.UTF8.GetString(k.Sealed), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Secrets_in_addresses_and_headers_reach_no_log_even_when_everything_is_logged()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var server = await TestServer.StartAsync(database, set: ("LogLevel", "Trace"));
        var secret = Membership.Secret.New();
        var token = Membership.Secret.New("umscim_");
        foreach (var path in new[] { "/invite/", "/reset/", "/enter/" })
        {
            await server.Client.GetAsync(path + secret, Ct);
            await server.Client.PostAsync(path + secret, new FormUrlEncodedContent([new("password", secret)]), Ct);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/scim/v2/acme/Users")
        {
            Headers = { Authorization = new("Bearer", token) },
        };
        await server.Client.SendAsync(request, Ct);
        Assert.NotEmpty(server.Log);
        Assert.Empty(SecretScan.Find(server.Log, secret, token));
    }

    [Fact]
    public void A_logged_text_stays_on_one_line_without_terminal_codes_and_without_secrets()
    {
        var line = LogLine.Format(
            HandClock.Morning,
            Microsoft.Extensions.Logging.LogLevel.Warning,
            "Test",
            "Ada\r\n2026-03-02T09:00:00.000Z info forged \u001b[31mred \u202Egnp GET /invite/abc-DEF_123 done",
            null
        );
        Assert.Equal(1, line.Count(c => c == '\n'));
        Assert.DoesNotContain('\u001b', line);
        Assert.DoesNotContain('\u202E', line);
        Assert.Contains("/invite/*** done", line, StringComparison.Ordinal);
        Assert.DoesNotContain("umscim_abc", LogLine.Clean("token umscim_abc"), StringComparison.Ordinal);
        Assert.DoesNotContain("umop_abc", LogLine.Clean("token umop_abc"), StringComparison.Ordinal);
    }
}
