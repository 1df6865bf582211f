using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>In which form the provider's answers come: types, headers, and the kind of each claim. One server for all.</summary>
public sealed class AnswerFormTests
{
    [Theory, EachDatabase]
    public async Task Each_claim_is_of_its_kind_in_every_place_also_where_a_list_has_one_item(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var jo = await scene.JoinAsync("jo@acme.com");
        var member = await scene.MemberAsync("jo@acme.com");
        var group = await scene
            .Server.Service<CreateGroup>()
            .RunAsync(Actor.Operator, scene.Workspace.Id, new() { DisplayName = "Writers" }, [member.Id], default);
        Assert.True(group.Done);
        var tokens = await AppScene.TokensAsync(app, jo);
        var access = tokens.GetProperty("access_token").GetString()!;
        var places = new Dictionary<string, JsonElement>
        {
            ["ID token"] = TestApp.Payload(tokens.GetProperty("id_token").GetString()!),
            ["access token"] = TestApp.Payload(access),
            ["UserInfo"] = (await app.UserInfoAsync(access)).Json,
            ["introspection"] = (await app.PostAsync("/connect/introspect", ("token", access))).Json,
        };
        var kinds = new Dictionary<string, JsonValueKind>
        {
            ["sub"] = JsonValueKind.String,
            ["sid"] = JsonValueKind.String,
            ["name"] = JsonValueKind.String,
            ["preferred_username"] = JsonValueKind.String,
            ["email"] = JsonValueKind.String,
            ["email_verified"] = JsonValueKind.True,
            ["acr"] = JsonValueKind.String,
            ["amr"] = JsonValueKind.Array,
            ["auth_time"] = JsonValueKind.Number,
            ["iat"] = JsonValueKind.Number,
            ["exp"] = JsonValueKind.Number,
            ["workspace"] = JsonValueKind.String,
            ["workspace_id"] = JsonValueKind.String,
            ["role"] = JsonValueKind.String,
            ["groups"] = JsonValueKind.Array,
            ["entitlements"] = JsonValueKind.Array,
        };
        foreach (var (place, payload) in places)
        {
            foreach (var claim in payload.EnumerateObject())
            {
                Assert.True(claim.Value.ValueKind != JsonValueKind.Null, $"{place}: {claim.Name}");
                Assert.True(
                    !kinds.TryGetValue(claim.Name, out var wanted) || claim.Value.ValueKind == wanted,
                    $"{place}: {claim.Name} is {claim.Value.GetRawText()}"
                );
            }

            Assert.True(payload.GetProperty("sub").GetString() is { Length: > 0 and <= 255 } sub && sub.All(char.IsAscii), place);
            Assert.Equal("""["Writers"]""", payload.GetProperty("groups").GetRawText());
        }

        foreach (var claim in kinds.Keys)
        {
            Assert.True(places["ID token"].TryGetProperty(claim, out _), claim);
        }
    }

    [Theory, EachDatabase]
    public async Task Answers_are_json_kept_by_nobody_and_pages_say_whose_fault_it_is(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var jo = await scene.JoinAsync("jo@acme.com");
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        var back = await jo.GoAsync(app.Authorize());
        IsKeptByNobody(back);
        Assert.Equal("no-referrer", back.Response.Headers.GetValues("Referrer-Policy").Single()); // RFC 9700 section 4.2.4
        var tokens = await app.RedeemAsync(back.Told["code"]);
        Assert.Contains("no-cache", tokens.Response.Headers.Pragma.Select(p => p.Name)); // RFC 6749 section 5.1
        var access = tokens.Json.GetProperty("access_token").GetString()!;
        var refresh = tokens.Json.GetProperty("refresh_token").GetString()!;
        foreach (
            var (answer, status) in new[]
            {
                (tokens, 200),
                (await app.RedeemAsync("no code"), 400),
                (await app.PostAsync("/connect/token", ("grant_type", "made up")), 400),
                (await app.PostAsync("/connect/token"), 400),
                (await app.RefreshAsync(refresh), 200),
                (await app.PostAsync("/connect/introspect", ("token", access)), 200),
                (await app.PostAsync("/connect/introspect", ("token", "made up")), 200),
                (await app.PostAsync("/connect/par", [.. app.Parameters().Select(p => (p.Key, p.Value!))]), 201),
                (await app.PostAsync("/connect/par"), 400),
                (await app.UserInfoAsync(access), 200),
                (
                    await app.PostAsync("/connect/token", ("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_secret", "no")),
                    401
                ),
                (await Browser.AnswerAsync(await http.GetAsync("/connect/token")), 400),
            }
        )
        {
            Assert.True(
                answer.Status == status && answer.Response.Content.Headers.ContentType?.MediaType == "application/json",
                $"{answer.Response.RequestMessage} {answer.Status} {answer.Response.Content.Headers.ContentType} {answer.Body}"
            );
            Assert.True(answer.Json.ValueKind == JsonValueKind.Object);
            IsKeptByNobody(answer);
        }

        foreach (var path in new[] { "/.well-known/openid-configuration", "/.well-known/openid-configuration/jwks" })
        {
            var open = await Browser.AnswerAsync(await http.GetAsync(path));
            Assert.Equal((200, "application/json"), (open.Status, open.Response.Content.Headers.ContentType?.MediaType));
        }

        // RFC 6750 section 3: nothing is said of a token that was not sent, and what is wrong of one that was
        var none = await Browser.AnswerAsync(await http.GetAsync("/connect/userinfo"));
        Assert.Equal((401, "Bearer"), (none.Status, none.Response.Headers.WwwAuthenticate.Single().Scheme));
        var bad = await app.UserInfoAsync("made.up.token");
        Assert.Equal(401, bad.Status);
        Assert.Contains("invalid_token", bad.Response.Headers.WwwAuthenticate.Single().Parameter);

        // RFC 6749 section 5.2: who proves themselves by the header is told by which
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "refresh_token"), new("refresh_token", "x")]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.ASCII.GetBytes($"{app.Id}:wrong"))
        );
        var unknown = await Browser.AnswerAsync(await http.SendAsync(request));
        Assert.Equal((401, "invalid_client"), (unknown.Status, unknown.Json.GetProperty("error").GetString()));
        Assert.Equal("Basic", unknown.Response.Headers.WwwAuthenticate.Single().Scheme);
        await AssertFaultIsNamedAsync(app, jo);
    }

    /// <summary>What is shown to a person says whose fault it is, and what to do.</summary>
    private static async Task AssertFaultIsNamedAsync(TestApp app, Browser jo)
    {
        foreach (
            var (address, words) in new[]
            {
                (app.Authorize(("redirect_uri", "https://other.example/cb")), "Notes wants you to come back to https://other.example/cb,"),
                (app.Authorize(("redirect_uri", null)), "Notes did not say where you come back to."),
                (app.Authorize(("client_id", "nobody")), "The app that sent you here is not registered."),
                (app.Authorize(("client_id", null)), "The app that sent you here is not registered."),
                (app.Authorize() + "&state=2", "something comes twice"),
                (
                    $"/connect/authorize?client_id={app.Id}&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Agone",
                    "Too much time has passed"
                ),
                (
                    "/connect/endsession?post_logout_redirect_uri=https%3A%2F%2Fother.example%2Fout",
                    "then to go to https://other.example/out,"
                ),
            }
        )
        {
            var page = await jo.GoAsync(address);
            Assert.Equal((400, null), (page.Status, page.Location));
            Assert.True(
                page.Body.Contains(words, StringComparison.Ordinal),
                $"{address}: {page.Body[page.Body.IndexOf("<main", StringComparison.Ordinal)..]}"
            );
        }
    }

    private static void IsKeptByNobody(Answer answer)
    {
        Assert.True(answer.Response.Headers.CacheControl?.NoStore, $"{answer.Response.RequestMessage?.RequestUri} {answer.Status}");
    }
}
