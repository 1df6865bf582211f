using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>
/// The form of a request, at every door alike: HEAD, slashes, a plus, compressed bodies, addresses that are too long, another host.
/// </summary>
public sealed class RequestFormTests
{
    private const string Scim = "/scim/v2/acme";
    private const string Rest = "/api/v1/workspaces/acme";
    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task HEAD_is_GET_without_its_body_at_every_door_and_uses_nothing_up(Database kind)
    {
        await using var site = await Site.StartAsync(kind);
        var user = JsonElement
            .Parse((await site.SendAsync("POST", Scim + "/Users", User("ada@example.org"))).Text)
            .GetProperty("id")
            .GetString();
        var invited = (
            await site
                .Server.Service<InvitePeople>()
                .RunAsync(Actor.Operator, site.Workspace.Id, new() { UserNames = ["new@example.org"], SendMail = false }, Ct)
        )
            .Value[0]
            .Outcome
            .Value
            .LinkSecret;
        string[] paths =
        [
            "/livez",
            "/readyz",
            "/signin",
            "/docs",
            "/nothing/here",
            "/invite/" + invited,
            "/enter/" + site.Link,
            "/w/acme/members",
            "/security",
            Scim + "/Users",
            Scim + "/Users/" + user,
            Scim + "/Users/nobody",
            Scim + "/Groups",
            Scim + "/ServiceProviderConfig",
            Scim + "/Schemas",
            Scim + "/Nothing",
            Rest,
            Rest + "/members",
            Rest + "/members?q=ada",
            Rest + "/members?wrong=1",
            Rest + "/nothing",
            "/api/v1/openapi.json",
        ];
        foreach (var path in paths)
        {
            var get = await site.SendAsync("GET", path);
            var head = await site.SendAsync("HEAD", path);
            Assert.True(get.Status == head.Status && head.Text.Length == 0, $"{path}: {get.Status}, HEAD {head.Status} {head.Text}");
            // what is new each time: dates, cookies, ids of a request, what is left of a rate
            string[] Same(Answer answer) =>
                [
                    .. answer
                        .Headers.Where(h =>
                            h.Key is not ("Date" or "Set-Cookie" or "Transfer-Encoding")
                            && (h.Key, h.Value) != ("Content-Length", "0")
                            && !h.Key.Contains("RateLimit", StringComparison.OrdinalIgnoreCase)
                        )
                        .Select(h => $"{h.Key}: {h.Value}")
                        .Order(StringComparer.Ordinal),
                ];
            Assert.Equal(Same(get), Same(head));
        }

        // a directory's token alone: 401 without, as for GET; the one-time link still opens
        Assert.Equal(401, (await site.SendAsync("HEAD", Scim + "/Users", token: "none")).Status);
        Assert.True((await new UseOneTimeLink(site.Server.Store).RunAsync(site.Link, Browser.Unknown, Ct)).Done);
        Assert.Equal(200, (await site.SendAsync("HEAD", $"/signin/{Guid.CreateVersion7()}/callback?state=x&code=y")).Status);
        Assert.DoesNotContain(" error ", site.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Allow_names_what_an_address_takes()
    {
        await using var site = await Site.StartAsync(Database.Sqlite);
        foreach (
            var (path, allow) in new[]
            {
                (Scim + "/Users", "GET, HEAD, POST"),
                (Scim + "/Schemas", "GET, HEAD"),
                (Scim + "/Bulk", "POST"),
                (Rest + "/members", "GET, HEAD"),
                (Rest + "/invitations", "GET, HEAD, POST"),
            }
        )
        {
            var other = await site.SendAsync("DELETE", path);
            Assert.Equal((405, allow), (other.Status, other.Headers["Allow"]));
            var options = await site.SendAsync("OPTIONS", path);
            Assert.Equal((path.StartsWith(Rest, StringComparison.Ordinal) ? 204 : 405, allow), (options.Status, options.Headers["Allow"]));
        }
    }

    [Fact]
    public async Task A_plus_beside_encoded_blanks_or_in_an_address_is_a_plus_at_every_door()
    {
        await using var site = await Site.StartAsync(Database.Sqlite);
        await site.SendAsync("POST", Scim + "/Users", User("ada+ops@example.org", ",\"externalId\":\"x 1\""));
        foreach (
            var filter in new[]
            {
                "userName%20eq%20%22ada+ops@example.org%22",
                "userName%20eq%20%22ada+ops%40example.org%22",
                "userName+eq+%22ada%2Bops%40example.org%22",
                "userName+eq+%22ada+ops@example.org%22",
                "userName%20eq%20ada+ops@example.org",
                "userName%20eq%20'ada+ops@example.org'",
                "externalId+eq+%22x+1%22",
            }
        )
        {
            var found = await site.SendAsync("GET", $"{Scim}/Users?filter={filter}");
            Assert.True(
                found.Status == 200 && JsonElement.Parse(found.Text).GetProperty("totalResults").GetInt32() == 1,
                $"{filter}: {found.Text}"
            );
        }

        Assert.Equal(
            0,
            JsonElement
                .Parse((await site.SendAsync("GET", $"{Scim}/Users?filter=userName+eq+%22ada+ops%40example.org%22")).Text)
                .GetProperty("totalResults")
                .GetInt32()
        );
        foreach (var q in new[] { "ada+ops@example.org", "ada%2Bops%40example.org", "%20ada+ops@example.org" })
        {
            Assert.Single(
                JsonElement.Parse((await site.SendAsync("GET", $"{Rest}/members?q={q}")).Text).GetProperty("items").EnumerateArray()
            );
            Assert.Contains(
                "ada&#x2B;ops@example.org",
                (await site.SendAsync("GET", $"/w/acme/members?q={q}")).Text,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Slashes_that_say_nothing_are_passed_over()
    {
        await using var site = await Site.StartAsync(Database.Sqlite);
        var user = JsonElement
            .Parse((await site.SendAsync("POST", "/scim/v2/acme//Users/", User("ada@example.org"))).Text)
            .GetProperty("id")
            .GetString();
        foreach (
            var path in new[] { $"//Users/{user}", $"/Users//{user}", $"/Users/{user}//", "//Users//?count=1", "///ServiceProviderConfig/" }
        )
        {
            Assert.Equal((path, 200), (path, (await site.SendAsync("GET", Scim + path)).Status));
        }

        foreach (var path in new[] { "/scim//v2/acme/Users", "//scim/v2//acme//Users", "/api/v1//workspaces/acme//members/" })
        {
            Assert.Equal((path, 200), (path, (await site.SendAsync("GET", path)).Status));
        }

        Assert.Equal(204, (await site.SendAsync("DELETE", $"{Scim}//Users//{user}")).Status);
    }

    [Fact]
    public async Task A_compressed_body_is_unpacked_within_the_bounds_of_any_other()
    {
        await using var site = await Site.StartAsync(Database.Sqlite);
        var number = 0;
        foreach (var coding in new[] { "gzip", "GZIP", "x-gzip", "deflate", "br", "identity", "identity, gzip" })
        {
            var name = $"packed{number++}@example.org";
            Assert.Equal(
                (coding, 201),
                (coding, (await site.SendAsync("POST", Scim + "/Users", Packed(coding, User(name)), coding: coding)).Status)
            );
            Assert.Equal(
                (coding, 200),
                (
                    coding,
                    (
                        await site.SendAsync(
                            "POST",
                            Rest + "/invitations",
                            Packed(coding, $$"""{"userName":"i{{name}}","sendMail":false}"""),
                            "application/json",
                            coding
                        )
                    ).Status
                        / 200
                        * 200
                )
            );
        }

        var bomb = User("bomb@example.org", $",\"title\":\"{new string('a', 40 * 1024 * 1024)}\"");
        foreach (var coding in new[] { "gzip", "deflate", "br" })
        {
            Assert.Equal(
                (coding, 413),
                (coding, (await site.SendAsync("POST", Scim + "/Users", Packed(coding, bomb), coding: coding)).Status)
            );
            Assert.Equal(
                (coding, 413),
                (coding, (await site.SendAsync("POST", Rest + "/invitations", Packed(coding, bomb), "application/json", coding)).Status)
            );
            byte[][] broken =
            [
                Encoding.UTF8.GetBytes(User("plain@example.org")),
                Packed(coding, User("cut@example.org"))[..^40],
                [.. Packed(coding, User("x@example.org"))[..20], 1, 2, 3, 255, 255],
            ];
            foreach (var body in broken)
            {
                var answer = await site.SendAsync("POST", Scim + "/Users", body, coding: coding);
                Assert.Equal((coding, 400, "application/scim+json"), (coding, answer.Status, answer.Headers["Content-Type"]));
                Assert.Equal(
                    (coding, 400),
                    (coding, (await site.SendAsync("POST", Rest + "/invitations", body, "application/json", coding)).Status)
                );
            }
        }

        foreach (var coding in new[] { "zstd", "gzip, gzip", "compress", "gzip;q=1" })
        {
            var answer = await site.SendAsync("POST", Scim + "/Users", Packed("gzip", User("z@example.org")), coding: coding);
            Assert.Equal(
                (415, "gzip, deflate, br", "application/scim+json"),
                (answer.Status, answer.Headers["Accept-Encoding"], answer.Headers["Content-Type"])
            );
            answer = await site.SendAsync("POST", Rest + "/invitations", Packed("gzip", "{}"), "application/json", coding);
            Assert.Equal((415, "gzip, deflate, br"), (answer.Status, answer.Headers["Accept-Encoding"]));
        }

        Assert.DoesNotContain(" error ", site.Server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_never_reaches_the_SCIM_door_is_answered_in_its_words_all_the_same()
    {
        await using var site = await Site.StartAsync(Database.Sqlite);
        var elsewhere = await site.SendAsync("GET", Scim + "/Users", host: "evil.example.org");
        Assert.Equal((400, "application/scim+json"), (elsewhere.Status, elsewhere.Headers["Content-Type"]));
        Assert.Contains("urn:ietf:params:scim:api:messages:2.0:Error", elsewhere.Text, StringComparison.Ordinal);
        Assert.StartsWith(
            "application/problem+json",
            (await site.SendAsync("GET", Rest, host: "evil.example.org")).Headers["Content-Type"],
            StringComparison.Ordinal
        );

        var filter = "userName%20eq%20%22" + string.Concat(Enumerable.Repeat("%C3%A9", 2000)) + "%22"; // more than 8 KiB
        Assert.Equal(200, (await site.SendAsync("GET", $"{Scim}/Users?filter={filter}")).Status);
        var tooLong = await site.SendAsync("GET", $"{Scim}/Users?filter=userName%20eq%20%22{new string('a', 40_000)}%22");
        Assert.Equal((414, "application/scim+json"), (tooLong.Status, tooLong.Headers["Content-Type"]));
        Assert.Equal(400, (await site.SendAsync("GET", $"{Rest}/members?q={new string('a', 40_000)}")).Status);
    }

    private static string User(string name, string more = "") => $$"""{"schemas":["{{Core}}"],"userName":"{{name}}"{{more}}}""";

    private static byte[] Packed(string coding, string text)
    {
        using var kept = new MemoryStream();
        using (
            Stream stream = coding.ToUpperInvariant() switch
            {
                "DEFLATE" => new ZLibStream(kept, CompressionLevel.Fastest, true),
                "BR" => new BrotliStream(kept, CompressionLevel.Fastest, true),
                "IDENTITY" => kept,
                _ => new GZipStream(kept, CompressionLevel.Fastest, true),
            }
        )
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return kept.ToArray();
    }

    private sealed record Answer(int Status, string Text, IReadOnlyDictionary<string, string> Headers);

    /// <summary>A host with the workspace acme, a directory's token, a program's key and an admin's session.</summary>
    private sealed class Site(
        TestDatabase database,
        TestServer server,
        WorkspaceContext workspace,
        string token,
        string key,
        string session,
        string link
    ) : IAsyncDisposable
    {
        public TestServer Server => server;

        public WorkspaceContext Workspace => workspace;

        public string Link => link;

        public static async Task<Site> StartAsync(Database kind)
        {
            var database = await TestDatabase.NewAsync(kind);
            var server = await TestServer.StartAsync(database);
            var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "acme", "seats"), Ct)).Value;
            var enter = (
                await new InviteAdmin(server.Store).RunAsync(Actor.Operator, workspace.Id, "ada@admins.example", TimeSpan.FromHours(1), Ct)
            ).Value;
            var session = (await new UseOneTimeLink(server.Store).RunAsync(enter, Browser.Unknown, Ct)).Value.Secret;
            var again = (
                await new InviteAdmin(server.Store).RunAsync(Actor.Operator, workspace.Id, "bob@admins.example", TimeSpan.FromHours(1), Ct)
            ).Value;
            var token = (await new CreateScimCredential(server.Store).RunAsync(Actor.Operator, workspace.Id, "test", null, Ct)).Value.Token;
            var key = (
                await server.Service<CreateApiKey>().RunAsync(Actor.Operator, workspace.Id, "test", "admin", TimeSpan.FromDays(1), Ct)
            )
                .Value
                .Key;
            return new(database, server, workspace, token, key, session, again);
        }

        public Task<Answer> SendAsync(string method, string path, string body) => SendAsync(method, path, Encoding.UTF8.GetBytes(body));

        public async Task<Answer> SendAsync(
            string method,
            string path,
            byte[]? body = null,
            string type = "application/scim+json",
            string? coding = null,
            string? host = null,
            string? token = null
        )
        {
            using var request = new HttpRequestMessage(
                new HttpMethod(method),
                new Uri(server.PublicUrl.GetLeftPart(UriPartial.Authority) + path)
            );
            var isRest = path.StartsWith("/api", StringComparison.Ordinal);
            var bearer =
                token
                ?? (
                    path.Contains("scim", StringComparison.Ordinal) ? Token
                    : isRest ? key
                    : null
                );
            if (bearer is not null)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
            }
            else
            {
                request.Headers.Add("Cookie", "__Host-session=" + session);
            }

            if (host is not null)
            {
                request.Headers.Host = host;
            }

            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                if (coding is not null)
                {
                    request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
                }
            }

            using var answer = await server.Client.SendAsync(request, Ct);
            return new(
                (int)answer.StatusCode,
                await answer.Content.ReadAsStringAsync(Ct),
                answer.Headers.Concat(answer.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value))
            );
        }

        private string Token => token;

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
