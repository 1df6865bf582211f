using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>
/// A server of this version on a database that a later one has migrated and written to: amid a rolling upgrade, and after a
/// rollback. It serves every door, breaks nothing, and leaves as it is what it does not know.
/// </summary>
public sealed class LaterVersionTests
{
    private const string Password = "correct horse battery staple 9";
    private readonly List<string> _faults = [];
    private HttpClient _scim = null!,
        _rest = null!,
        _page = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_database_of_a_later_version_is_served_through_every_door_and_keeps_what_that_version_wrote(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(
            database,
            configure: b => b.Services.AddSingleton<ConnectionProbe>((_, _) => Task.FromResult<Refusal?>(null)),
            set: ("Api:RequestsPerMinute", "100000")
        );
        var acme = await PeopleAsync(server);
        var posted = await RestAsync(HttpMethod.Post, "groups", """{"displayName":"Once"}""", ("Idempotency-Key", "one"));
        await LaterDatabase.MakeAsync(database);
        await GrowAnswerAsync(server);
        var counts = await LaterDatabase.CountAsync(database);
        var configuration = (await RowAsync(server)).Configuration;

        // readers: every GET of the REST document, SCIM, every page that a link leads to
        Assert.Equal(posted, await RestAsync(HttpMethod.Post, "groups", """{"displayName":"Once"}""", ("Idempotency-Key", "one")));
        await EveryGetAsync(acme.Id);
        foreach (
            var path in new[]
            {
                "Users",
                "Groups",
                "Users?filter=userName eq \"frank@acme.test\"",
                "Users?attributes=urn:ietf:params:scim:schemas:extension:usermanagement:2.0:User",
                "ServiceProviderConfig",
                "Schemas",
                "ResourceTypes",
            }
        )
        {
            await SendAsync(_scim, HttpMethod.Get, path, null);
        }

        var pages = await CrawlAsync("/w/acme/members");
        Assert.True(pages.Count > 25, string.Join('\n', pages));

        // writers: SCIM about everybody, REST, pages
        foreach (var user in JsonNode.Parse(await SendAsync(_scim, HttpMethod.Get, "Users?count=100", null))!["Resources"]!.AsArray())
        {
            var path = $"Users/{user!["id"]}";
            await SendAsync(
                _scim,
                HttpMethod.Patch,
                path,
                """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"displayName","value":"Renamed"},{"op":"replace","path":"nickName","value":"Nick"}]}"""
            );
            await SendAsync(_scim, HttpMethod.Put, path, await SendAsync(_scim, HttpMethod.Get, path, null));
        }

        await SendAsync(
            _scim,
            HttpMethod.Post,
            "Users",
            """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"new@acme.test"}""",
            HttpStatusCode.Created
        );
        foreach (var group in JsonNode.Parse(await SendAsync(_scim, HttpMethod.Get, "Groups", null))!["Resources"]!.AsArray())
        {
            await SendAsync(
                _scim,
                HttpMethod.Patch,
                $"Groups/{group!["id"]}",
                $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"displayName","value":"Team {{group["id"]}}"}]}"""
            );
        }

        var read = JsonNode.Parse(await RestAsync(HttpMethod.Get, "configuration", null))!;
        Assert.Equal(
            ("refuse", "never"),
            (read["capacity"]!["onFull"]!.GetValue<string>(), read["invitations"]!["resend"]!.GetValue<string>())
        );
        read["terms"]!["tenant"] = "Space";
        await RestAsync(HttpMethod.Put, "configuration", read.ToJsonString(), ("If-Match", "*"));
        var stranger = read.DeepClone();
        stranger["capacity"]!["unheardOf"] = 1;
        Assert.Contains(
            "unheardOf",
            await SendAsync(
                _rest,
                HttpMethod.Put,
                "api/v1/workspaces/acme/configuration",
                stranger.ToJsonString(),
                HttpStatusCode.UnprocessableEntity,
                ("If-Match", "*")
            ),
            StringComparison.Ordinal
        );
        var settings = PageForm
            .Of(await SendAsync(_page, HttpMethod.Get, "/w/acme/settings", null))
            .Single(f => f.Action == "/w/acme/settings");
        using (var saved = await _page.PostAsync(settings.Action, settings.With(("lifetimeDays", "9")).Content(), Ct))
        {
            Assert.Equal(HttpStatusCode.SeeOther, saved.StatusCode);
        }

        // people: who is in gets in, whom the later version keeps out does not; its links and its provider open nothing
        Assert.True((await server.Service<SignInLocally>().RunAsync("bob@acme.test", Password, Browser.Unknown, Ct)).Done);
        Assert.Equal("connectionGone", (await server.Service<FindConnection>().RunAsync(acme.Connection, Ct)).Refusal!.Code);
        Assert.Empty(await server.Service<ListConnections>().OfferedAsync(null, Ct));
        using var nobody = server.NewClient();
        await SendAsync(nobody, HttpMethod.Get, "/signin?to=/w/acme", null);

        var key = Path.Combine(TestFolder.New(), "key");
        await File.WriteAllTextAsync(key, Convert.ToBase64String(TestDatabase.MasterKey), Ct);
        foreach (
            var (verb, says) in new[]
            {
                ("migrate", $"({LaterDatabase.Migration}): nothing is done"),
                ("verify", "All counts agree"),
                ("workspace list", "acme"),
                ("policy show acme", "mfa"),
                ("connection list", "unknown"),
                ("api-key list acme", "key"),
            }
        )
        {
            var ran = await VerbRun.RunAsync([
                .. verb.Split(' '),
                "--Storage:Provider",
                kind.ToString(),
                "--Storage:ConnectionString",
                database.ConnectionString,
                "--MasterKeyFile",
                key,
                "--Data",
                TestFolder.New(),
            ]);
            Assert.True(ran.Code == 0 && ran.Output.Contains(says, StringComparison.Ordinal), $"{verb}: {ran}");
        }

        Assert.Equal(counts, await LaterDatabase.CountAsync(database));
        var expected = JsonNode.Parse(configuration)!;
        expected["terms"]!["tenant"] = "Space";
        expected["invitations"]!["lifetimeDays"] = 9;
        var now = (await RowAsync(server)).Configuration;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(now)), now);
        Assert.Equal("", string.Join("\n", _faults));
        Assert.DoesNotContain(" fail ", server.Log, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<(Id<Workspace> Id, Id<IdentityConnection> Connection)> PeopleAsync(TestServer server)
    {
        var store = server.Store;
        var acme = (await new CreateWorkspace(store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct)).Value;
        var link = await new InviteAdmin(store).RunAsync(Actor.Operator, acme.Id, "ada@acme.test", TimeSpan.FromHours(1), Ct);
        _page = server.NewClient();
        _page.DefaultRequestHeaders.Add("Accept", "text/html");
        var enter = PageForm.Of(await SendAsync(_page, HttpMethod.Get, $"/enter/{link.Value}", null))[0];
        await _page.PostAsync(enter.Action.Length > 0 ? enter.Action : $"/enter/{link.Value}", enter.Content(), Ct);
        _rest = server.NewClient();
        _rest.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            (await server.Service<CreateApiKey>().RunAsync(Actor.Operator, acme.Id, "key", "admin", TimeSpan.FromDays(9), Ct)).Value.Key
        );
        _scim = server.NewClient();
        _scim.BaseAddress = new(_scim.BaseAddress!, "/scim/v2/acme/");
        _scim.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            (await server.Service<CreateScimCredential>().RunAsync(Actor.Operator, acme.Id, "token", null, Ct)).Value.Token
        );
        foreach (var (name, active) in new[] { ("carol", true), ("frank", false), ("susan", true) })
        {
            await SendAsync(
                _scim,
                HttpMethod.Post,
                "Users",
                $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}@acme.test","active":{{(active ? "true" : "false")}}}""",
                HttpStatusCode.Created
            );
        }

        await SendAsync(
            _scim,
            HttpMethod.Post,
            "Groups",
            """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Team"}""",
            HttpStatusCode.Created
        );
        foreach (var name in new[] { "bob", "parked", "saml" })
        {
            var asked = (
                await server
                    .Service<InvitePeople>()
                    .RunAsync(Actor.Operator, acme.Id, new() { UserNames = [$"{name}@acme.test"], SendMail = false }, Ct)
            )
                .Value[0]
                .Outcome
                .Value;
            if (name == "bob")
            {
                var opened = (
                    await server
                        .Service<CreateLocalAccount>()
                        .RunAsync(asked.LinkSecret, "bob@acme.test", "bob", Password, Browser.Unknown, Ct)
                ).Value;
                await server
                    .Service<AcceptInvitation>()
                    .RunAsync((await server.Service<ReadSession>().RunAsync(opened.Secret, null, Ct))!, asked.LinkSecret, null, null, Ct);
            }
        }

        var susan = JsonNode.Parse(await RestAsync(HttpMethod.Get, "members?q=susan", null))!["items"]![0]!["id"];
        await RestAsync(HttpMethod.Post, $"members/{susan}/suspend", null);
        var draft = new ConnectionDraft
        {
            Kind = ConnectionKind.Oidc,
            Name = "Strange",
            Authority = "https://id.example",
            ClientId = "x",
            ClientAuthentication = ClientAuthentication.SecretBasic,
            Credential = "secret-of-nobody",
            Enabled = true,
        };
        ConnectionProbe probe = (_, _) => Task.FromResult<Refusal?>(null);
        var strange = (await server.Service<CreateConnection>().RunAsync(Actor.Operator, default, draft, probe, Ct)).Value;
        await server
            .Service<CreateConnection>()
            .RunAsync(Actor.Operator, acme.Id, draft with { Name = "Mutual", Authority = "https://other.example" }, probe, Ct);
        return (acme.Id, strange.Id);
    }

    /// <summary>Every GET of the REST document; an id in the address stands for everything that the lists tell.</summary>
    private async Task EveryGetAsync(Id<Workspace> workspace)
    {
        var document = JsonNode.Parse(await SendAsync(_rest, HttpMethod.Get, "/api/v1/openapi.json", null))!;
        var gets = document["paths"]!
            .AsObject()
            .Where(p => p.Value!["get"] is not null)
            .Select(p => p.Key.StartsWith("/api", StringComparison.Ordinal) ? p.Key : "/api/v1" + p.Key)
            .ToList();
        Assert.True(gets.Count > 15, $"{workspace}: {string.Join(' ', gets)}");
        foreach (var path in gets.Where(g => !g.Contains("{id}", StringComparison.Ordinal)))
        {
            var list = path.Replace("{slug}", "acme", StringComparison.Ordinal);
            using var answer = await _rest.GetAsync(list, Ct);
            var text = await AnswerAsync(answer);
            if (
                answer.Content.Headers.ContentType?.MediaType != "application/json"
                || JsonNode.Parse(text) is not JsonObject { } body
                || body["items"] is not JsonArray items
            )
            {
                continue;
            }

            foreach (var id in items.Select(i => (i as JsonObject)?["id"]?.ToString()).OfType<string>())
            {
                foreach (var one in gets.Where(g => g.StartsWith(path + "/{id}", StringComparison.Ordinal)))
                {
                    using var single = await _rest.GetAsync(
                        one.Replace("{slug}", "acme", StringComparison.Ordinal).Replace("{id}", id, StringComparison.Ordinal),
                        Ct
                    );
                    await AnswerAsync(single);
                }
            }
        }
    }

    private async Task<List<string>> CrawlAsync(string from)
    {
        var (open, seen, read) = (new Queue<string>([from]), new HashSet<string>([from]), new List<string>());
        while (seen.Count < 400 && open.TryDequeue(out var path))
        {
            using var answer = await _page.GetAsync(path, Ct);
            read.Add($"{(int)answer.StatusCode} {path} {answer.Headers.Location}");
            foreach (
                var link in PageForm
                    .Links(await AnswerAsync(answer))
                    .Where(l => l.StartsWith("/w/", StringComparison.Ordinal) && seen.Add(l))
            )
            {
                open.Enqueue(link);
            }
        }

        return read;
    }

    private Task<string> RestAsync(HttpMethod method, string path, string? body, (string Name, string Value)? header = null) =>
        SendAsync(_rest, method, "/api/v1/workspaces/acme/" + path, body, null, header);

    private async Task<string> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        string? body,
        HttpStatusCode? wanted = null,
        (string Name, string Value)? header = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(
                body,
                Encoding.UTF8,
                new MediaTypeHeaderValue(client == _scim ? "application/scim+json" : "application/json")
            );
        }

        if (header is { } given)
        {
            request.Headers.Add(given.Name, given.Value);
        }

        using var answer = await client.SendAsync(request, Ct);
        var text = await AnswerAsync(answer);
        Assert.True(
            wanted is null ? (int)answer.StatusCode is >= 200 and < 300 : answer.StatusCode == wanted,
            $"{method} {path}: {answer.StatusCode} {text}"
        );
        return text;
    }

    private async Task<string> AnswerAsync(HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode >= 500)
        {
            _faults.Add($"{answer.RequestMessage!.Method} {answer.RequestMessage.RequestUri!.PathAndQuery}: {answer.StatusCode}");
        }

        return await answer.Content.ReadAsStringAsync(Ct);
    }

    private static async Task<Workspace> RowAsync(TestServer server)
    {
        await using var db = server.Store.Read();
        return await db.Workspaces.SingleAsync(w => w.Slug == "acme", Ct);
    }

    /// <summary>The answer that is kept for a request that ran once gets a field of a later version.</summary>
    private static async Task GrowAnswerAsync(TestServer server)
    {
        await using var db = server.Store.Read();
        var call = await db.OnceCalls.SingleAsync(Ct);
        var answer = JsonNode.Parse(server.Store.Box.Open(OnceCall.Purpose, call.AnswerSealed!)!)!.AsObject();
        answer["ofALaterVersion"] = new JsonObject { ["a"] = 1 };
        var text = server.Store.Box.Seal(OnceCall.Purpose, JsonSerializer.SerializeToUtf8Bytes(answer));
        await db.OnceCalls.ExecuteUpdateAsync(s => s.SetProperty(c => c.AnswerSealed, text), Ct);
    }
}
