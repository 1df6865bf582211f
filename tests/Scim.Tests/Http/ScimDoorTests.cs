using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Http;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Storage;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

public class ScimDoorTests
{
    private const string User = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x@example.com"}""";

    [Theory, EachDatabase]
    public async Task S06_nobody_without_a_valid_token_of_this_workspace_gets_beyond_401(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var (_, foreign) = await server.WorkspaceAsync("globex");
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("scim:" + server.Token));
        string?[] headers =
        [
            null,
            "",
            "Bearer",
            "Bearer ",
            "Bearer    ",
            basic,
            server.Token,
            "Token " + server.Token,
            "Bearer" + server.Token,
            "Bearer " + foreign,
            "Bearer " + server.Token + "x",
            "Bearer " + server.Token[..^1],
            "Bearer " + server.Token.ToUpperInvariant(),
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
            "Bearer " + new string('x', 4000),
        ];
        foreach (var header in headers)
        {
            foreach (
                var (method, path, body) in new[]
                {
                    ("GET", "/Users", null),
                    ("POST", "/Users", "{"),
                    ("GET", "/Nothing", null),
                    ("DELETE", "/Users", null),
                    ("GET", "/Users?filter=" + new string('(', 2000), null),
                }
            )
            {
                var answer = await server.SendAsync(
                    method,
                    path,
                    body,
                    r =>
                    {
                        r.Headers.Authorization = null;
                        r.Headers.TryAddWithoutValidation("Authorization", header);
                    }
                );
                Assert.True(answer.Status == 401, $"{header} {method} {path}: {answer.Status}");
                Assert.Equal("application/scim+json", answer.ContentType);
                Assert.Equal("401", answer.Json["status"]!.GetValue<string>());
                Assert.StartsWith("Bearer", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
            }
        }

        Assert.Equal(
            401,
            (await server.SendAsync("GET", "/Users?access_token=" + server.Token, null, r => r.Headers.Authorization = null)).Status
        );
        Assert.Equal(
            401,
            (await server.SendAsync("GET", "/Users", null, r => r.RequestUri = new Uri("/scim/v2/nowhere/Users", UriKind.Relative))).Status
        );
        Assert.Equal(
            200,
            (
                await server.SendAsync(
                    "GET",
                    "/Users",
                    null,
                    r => r.Headers.Authorization = new AuthenticationHeaderValue("bEARER", server.Token)
                )
            ).Status
        );
        Assert.DoesNotContain(server.Log.All, line => line.Contains(server.Token, StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task A_revoked_token_is_dead_at_the_next_request(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var issued = (
            await new CreateScimCredential(server.Store).RunAsync(
                Actor.Operator,
                server.Workspace.Id,
                "second",
                null,
                TestContext.Current.CancellationToken
            )
        ).Value;
        Task<Answer> Try() =>
            server.SendAsync("GET", "/Users", null, r => r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issued.Token));
        Assert.Equal(200, (await Try()).Status);
        await new RevokeScimCredential(server.Store).RunAsync(
            Actor.Operator,
            server.Workspace.Id,
            issued.Credential.Id,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(401, (await Try()).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/Users")).Status);
    }

    [Theory, EachDatabase]
    public async Task S16_a_body_that_is_too_large_is_refused_with_or_without_a_length(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var large = User.Replace("x@example.com", new string('x', 1024 * 1024), StringComparison.Ordinal);
        Assert.Equal(413, (await server.SendAsync("POST", "/Users", large)).Status);
        var answer = await server.SendAsync("POST", "/Users", large, r => r.Headers.TransferEncodingChunked = true);
        Assert.Equal(413, answer.Status);
        Assert.Equal("application/scim+json", answer.ContentType);
        Assert.Equal(0, (await server.SendAsync("GET", "/Users")).Json["totalResults"]!.GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task S13_a_patch_bomb_is_refused_before_anybody_is_looked_up(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var many = string.Join(",", Enumerable.Repeat("""{"op":"replace","path":"title","value":"x"}""", 10_000));
        Assert.Equal(413, (await server.PatchAsync("/Users/0198a000-0000-7000-8000-000000000000", many)).Status);
        Assert.Equal(
            400,
            (
                await server.PatchAsync(
                    "/Users/0198a000-0000-7000-8000-000000000000",
                    $$"""{"op":"replace","path":"{{new string('a', 100_000)}}","value":1}"""
                )
            ).Status
        );
    }

    [Fact]
    public async Task Media_types_are_taken_as_clients_write_them()
    {
        await using var server = await DoorServer.StartAsync(Database.Sqlite);
        var number = 0;
        async Task<int> StatusOf(string type, string mark = "") =>
            (
                await server.SendAsync(
                    "POST",
                    "/Users",
                    "x",
                    request =>
                    {
                        request.Content = new ByteArrayContent(
                            System.Text.Encoding.UTF8.GetBytes(
                                mark
                                    + $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"m{{number++}}@example.com"}"""
                            )
                        );
                        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                    }
                )
            ).Status;
        foreach (
            var type in new[]
            {
                "application/scim+json",
                "application/scim+json;",
                "application/scim+json; ",
                "application/scim+json;;charset=utf-8",
                "application/scim+json; ;charset=\"utf-8\";",
                "application/scim+json;charset=utf8",
                "application/scim+json; charset=UTF8",
                "APPLICATION/SCIM+JSON; CHARSET=Utf-8",
                "application/json",
                "application/json;charset='utf-8'",
                "application/json; profile=\"a;charset=latin1\"; charset=utf-8",
                "application/scim+json ; charset = utf-8",
                "application/json; charset=us-ascii",
            }
        )
        {
            Assert.Equal((type, 201), (type, await StatusOf(type)));
        }

        Assert.Equal(201, await StatusOf("application/scim+json", "\ufeff"));
        Assert.Equal(
            201,
            (
                await server.SendAsync(
                    "POST",
                    "/Groups",
                    "\ufeff{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:Group\"],\"displayName\":\"Marked\",\"members\":[]}"
                )
            ).Status
        );
        foreach (
            var type in new[]
            {
                "text/plain",
                "application/scim+json; charset=utf-16",
                "application/json; charset=latin1",
                "application/scim+jsonx",
                "application",
                ";charset=utf-8",
                "application/x-www-form-urlencoded",
                "application/scim+json; charset=utf-8; charset=utf-16",
            }
        )
        {
            Assert.Equal((type, 415), (type, await StatusOf(type)));
        }
    }

    [Theory, EachDatabase]
    public async Task S24_a_body_without_a_type_or_compressed_is_415_and_an_empty_one_400(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        Assert.Equal(415, (await server.SendAsync("POST", "/Users", User, r => r.Content!.Headers.ContentType = null)).Status);
        var coded = await server.SendAsync("POST", "/Users", User, r => r.Content!.Headers.ContentEncoding.Add("zstd"));
        Assert.Equal((415, "gzip, deflate, br"), (coded.Status, coded.Header("Accept-Encoding")));
        // it is none
        Assert.Equal(400, (await server.SendAsync("POST", "/Users", User, r => r.Content!.Headers.ContentEncoding.Add("gzip"))).Status);
        var empty = await server.SendAsync("POST", "/Users");
        Assert.Equal((400, "invalidSyntax"), (empty.Status, empty.ScimType));
        Assert.Equal(
            201,
            (
                await server.SendAsync(
                    "POST",
                    "/Users",
                    User,
                    r => r.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse("Application/JSON; charset=\"UTF-8\"")
                )
            ).Status
        );
    }

    [Theory, EachDatabase]
    public async Task S10_a_filter_of_parentheses_is_declined_at_once_and_the_server_lives(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        await server.SendAsync("GET", "/Users?filter=userName eq \"x\"");
        string[] filters =
        [
            new('(', 5000),
            string.Concat(Enumerable.Repeat("not(", 1200)),
            new string('(', 33) + "userName eq \"x\"" + new string(')', 33),
            string.Join(" or ", Enumerable.Repeat("id eq 1", 51)),
            string.Concat(Enumerable.Repeat("emails[", 500)),
        ];
        foreach (var filter in filters)
        {
            var watch = Stopwatch.StartNew();
            var answer = await server.SendAsync("GET", "/Users?filter=" + filter);
            Assert.Equal((400, "invalidFilter"), (answer.Status, answer.ScimType));
            Assert.True(watch.Elapsed < Until.Longest, $"{watch.Elapsed}");
        }

        Assert.Equal(414, (await server.SendAsync("GET", "/Users?filter=" + new string('(', 12_000))).Status); // the web server's own limit
        Assert.Equal(200, (await server.SendAsync("GET", "/Users")).Status);
    }

    [Theory, EachDatabase]
    public async Task S24_links_come_from_the_configuration_and_from_no_header(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var made = await server.SendAsync(
            "POST",
            "/Users",
            User,
            r =>
            {
                r.Headers.Host = "evil.example";
                r.Headers.Add("X-Forwarded-Host", "evil.example");
                r.Headers.Add("X-Forwarded-Proto", "gopher");
                r.Headers.Add("Forwarded", "host=evil.example;proto=https");
            }
        );
        Assert.Equal(201, made.Status);
        var location = $"{DoorServer.PublicUrl}/scim/v2/acme/Users/{made.Json["id"]}";
        Assert.Equal(location, made.Header("Location"));
        Assert.Equal(location, made.Json["meta"]!["location"]!.GetValue<string>());
        Assert.DoesNotContain("evil", made.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_is_503_with_a_time_to_come_again()
    {
        await using var nowhere = MembershipSource.Of(
            new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = "Host=127.0.0.1;Port=1;Username=x;Database=x" }
        );
        await using var server = await DoorServer.StartAsync(nowhere.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey)));
        var answer = await server.SendAsync(
            "GET",
            "/Users",
            null,
            r => r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", new string('t', 40))
        );
        Assert.Equal(503, answer.Status);
        Assert.Equal("application/scim+json", answer.ContentType);
        Assert.Equal("5", answer.Header("Retry-After"));
        Assert.DoesNotContain("Npgsql", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_is_500_and_says_nothing_of_itself()
    {
        await using var database = await TestDatabase.EmptyAsync(Database.Sqlite);
        await using var server = await DoorServer.StartAsync(database.Store());
        var answer = await server.SendAsync(
            "GET",
            "/Users",
            null,
            r => r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", new string('t', 40))
        );
        Assert.Equal(500, answer.Status);
        Assert.Equal("application/scim+json", answer.ContentType);
        Assert.DoesNotContain("table", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(server.Log.All, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task What_is_passed_over_stands_in_the_log_on_one_line_and_without_values(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        await server.UserAsync("x@example.com", ""","shoe\nSize":"secret-value","password":"secret-value" """);
        var lines = server.Log.All;
        Assert.Contains(
            lines,
            line => line.Contains("shoe Size", StringComparison.Ordinal) && line.Contains("acme", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(lines, line => line.Contains("secret-value", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_is_at_work_until_its_answer_is_sent()
    {
        const int atWork = 3;
        using var held = new SemaphoreSlim(0);
        var open = new TaskCompletionSource();
        await using var server = await DoorServer.StartAsync(
            Database.Sqlite,
            options: o => (o.RequestsAtWork, o.RequestsWaiting) = (atWork, 1),
            before: app =>
                app.Use(next =>
                    http =>
                    {
                        if (http.Request.Headers.ContainsKey("X-Slow-Reader"))
                        {
                            http.Response.Body = new HeldStream(http.Response.Body, held, open.Task);
                        }

                        return next(http);
                    }
                )
        );
        Assert.Equal(200, (await server.SendAsync("GET", "/Users")).Status); // from now on the token is known
        var slow = Enumerable
            .Range(0, atWork)
            .Select(_ => server.SendAsync("GET", "/Users", prepare: r => r.Headers.Add("X-Slow-Reader", "1")))
            .ToList();
        for (var i = 0; i < atWork; i++)
        {
            Assert.True(await held.WaitAsync(Until.Longest, TestContext.Current.CancellationToken));
        }

        // every place is taken: of the next two one waits, and there is no room for the other
        Task<Answer>[] next = [server.SendAsync("GET", "/Users"), server.SendAsync("GET", "/Users")];
        Assert.Equal(429, (await await Task.WhenAny(next)).Status);
        open.SetResult();
        Assert.Equal([200, 429], (await Task.WhenAll(next)).Select(answer => answer.Status).Order());
        Assert.All(await Task.WhenAll(slow), answer => Assert.Equal(200, answer.Status));
    }

    [Fact]
    public async Task A_fault_while_the_answer_is_put_into_bytes_is_500_and_nothing_of_the_answer_goes_out()
    {
        await using var server = await DoorServer.StartAsync(
            Database.Sqlite,
            before: app =>
                app.MapGet(
                    ScimOptions.Prefix + "/{workspace}/Broken",
                    (HttpContext http, ScimDoor door) =>
                        door.RunAsync(
                            http,
                            (_, _) =>
                                Task.FromResult(
                                    ScimAnswer.Ok(new Broken()) with
                                    {
                                        Version = 7,
                                        Location = "https://people.example.com/x",
                                    }
                                ),
                            isRepeatable: true
                        )
                )
        );
        var answer = await server.SendAsync("GET", "/Broken");
        Assert.Equal(500, answer.Status);
        Assert.Equal("application/scim+json", answer.ContentType);
        Assert.Equal("500", answer.Json["status"]!.GetValue<string>());
        Assert.DoesNotContain("half", answer.Text, StringComparison.Ordinal);
        Assert.Null(answer.Header("ETag"));
        Assert.Null(answer.Header("Location"));
        Assert.Contains(server.Log.All, line => line.StartsWith("Error: SCIM", StringComparison.Ordinal));
    }

    private sealed class Broken : IShown
    {
        public void WriteTo(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            writer.WriteString("half", new string('x', 10_000));
            throw new InvalidOperationException("broken");
        }
    }

    /// <summary>The connection of a client that does not read.</summary>
    private sealed class HeldStream(Stream inner, SemaphoreSlim held, Task open) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            held.Release();
            await open;
            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
    }
}
