using System.Net.Http.Headers;
using System.Text;
using UserManagement.Membership.Access;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// What apps that are wrongly written send to the addresses that no browser sees, row by row against one server: each is told what is
/// wrong, in the words of OAuth 2.0, and nothing is used up or given.
/// </summary>
public sealed class OddCallTests
{
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly string[] NoGrants =
    [
        "password",
        "code",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:openid:params:grant-type:ciba",
    ];

    /// <summary>One call and its answer.</summary>
    private sealed record Call(string Path, string Body, int Status, string? Error)
    {
        public string Method { get; init; } = "POST";

        public string? Type { get; init; } = Form;

        /// <summary>The whole header; null for none.</summary>
        public string? Authorization { get; init; }

        /// <summary>What <c>WWW-Authenticate</c> names; null where nothing is asked of it.</summary>
        public string? Asks { get; init; }
    }

    [Theory, EachDatabase]
    public async Task Each_odd_call_is_refused_by_the_word_that_the_specification_has_for_it(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var (app, other) = (await scene.AppAsync(), await scene.AppAsync(s => s with { AllowOfflineAccess = false }));
        var open = await scene.AppAsync(s => s with { RequireClientSecret = false });
        var narrow = await scene.AppAsync(s => s with { AllowedScopes = [] });
        using var jo = await scene.JoinAsync("jo@acme.com");
        var tokens = await AppScene.TokensAsync(app, jo);
        var (access, refresh) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
        var code = (await jo.GoAsync(app.Authorize())).Told["code"];
        string own = $"client_id={app.Id}&client_secret={app.Secret}",
            redeem = $"grant_type=authorization_code&code={code}&redirect_uri={Uri.EscapeDataString(TestApp.Back)}",
            redeemed = $"{redeem}&code_verifier={TestApp.Verifier}",
            request = string.Join('&', app.Parameters().Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}")),
            pushed = $"{request}&client_secret={app.Secret}",
            basic = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{app.Id}:{app.Secret}"));
        List<Call> calls =
        [
            // the token endpoint: RFC 6749 sections 3.2, 5.2
            .. TwiceEach("/connect/token", $"{own}&{redeemed}"),
            .. TwiceEach("/connect/token", $"{own}&grant_type=refresh_token&refresh_token={refresh}&scope=openid"),
            new("/connect/token", $"{own}&{redeemed}", 400, "invalid_request") { Type = "application/json" },
            new("/connect/token", $$"""{"grant_type":"refresh_token","refresh_token":"{{refresh}}"}""", 400, "invalid_request")
            {
                Type = "application/json",
                Authorization = basic,
            },
            new("/connect/token", $"{own}&{redeemed}", 400, "invalid_request") { Type = "text/plain" },
            new("/connect/token", "", 400, "invalid_request"),
            new("/connect/token", own, 400, "invalid_request"),
            new("/connect/token", $"{own}&{redeemed}", 400, "invalid_request") { Method = "PUT" },
            new($"/connect/token?{own}&{redeemed}", "", 400, "invalid_request"),
            new($"/connect/token?client_secret={app.Secret}", $"client_id={app.Id}&{redeemed}", 400, "invalid_request"),
            .. NoGrants.Select(grant => new Call(
                "/connect/token",
                $"{own}&grant_type={Uri.EscapeDataString(grant)}",
                400,
                "unsupported_grant_type"
            )),
            new("/connect/token", $"{own}&grant_type=client_credentials", 400, "unauthorized_client"),
            new("/connect/token", $"{own}&grant_type=implicit", 400, "unauthorized_client"),
            new("/connect/token", $"{own}&grant_type=refresh_token", 400, "invalid_request"),
            new("/connect/token", $"{own}&grant_type=authorization_code", 400, "invalid_request"),
            new("/connect/token", $"{own}&{redeem}", 400, "invalid_request"),
            new(
                "/connect/token",
                $"{own}&grant_type=authorization_code&code={code}&code_verifier={TestApp.Verifier}",
                400,
                "invalid_request"
            ),
            new("/connect/token", $"{own}&grant_type=refresh_token&refresh_token={access}", 400, "invalid_grant"),
            new("/connect/token", $"{own}&grant_type=refresh_token&refresh_token={refresh}&scope=openid%20scim", 400, "invalid_scope"),
            new(
                "/connect/par",
                string.Join('&', narrow.Parameters().Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}"))
                    + $"&client_secret={narrow.Secret}",
                400,
                "invalid_scope"
            ),
            // who calls: sections 2.3.1, 3.2.1
            new("/connect/token", $"client_id={app.Id}&{redeemed}", 401, "invalid_client"),
            new("/connect/token", $"client_id={app.Id}&client_secret=&{redeemed}", 401, "invalid_client"),
            new("/connect/token", $"client_id=nobody&client_secret=x&{redeemed}", 401, "invalid_client"),
            new("/connect/token", redeemed, 400, "invalid_request"),
            new("/connect/token", $"client_id={open.Id}&client_secret=x&{redeemed}", 401, "invalid_client"),
            new("/connect/token", $"client_id={open.Id}&{redeemed}", 400, "invalid_grant"),
            new("/connect/token", $"{own}&{redeemed}", 400, "invalid_request") { Authorization = basic },
            new("/connect/token", $"client_id={other.Id}&{redeemed}", 400, "invalid_request") { Authorization = basic },
            new("/connect/token", redeemed, 401, "invalid_client")
            {
                Authorization = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(app.Id + ":wrong")),
                Asks = "Basic",
            },
            new("/connect/token", redeemed, 400, "invalid_request") { Authorization = "Basic not-base64!" },
            new("/connect/token", redeemed, 400, "invalid_request") { Authorization = "Basic " + Convert.ToBase64String("alone"u8) },
            // UserInfo: RFC 6750 sections 2 and 3
            new("/connect/userinfo", "", 401, null) { Method = "GET", Asks = "Bearer" },
            new("/connect/userinfo", "", 401, null) { Method = "GET", Authorization = basic },
            new("/connect/userinfo", "", 401, "invalid_token")
            {
                Method = "GET",
                Authorization = $"Bearer {access}x",
                Asks = "Bearer",
            },
            new("/connect/userinfo", "", 401, "invalid_token")
            {
                Method = "GET",
                Authorization = $"Bearer {refresh}",
                Asks = "Bearer",
            },
            new("/connect/userinfo", $"access_token={access}", 400, "invalid_request") { Authorization = $"Bearer {access}" },
            new("/connect/userinfo", $"access_token={access}&access_token={access}", 400, "invalid_request"),
            new($"/connect/userinfo?access_token={access}", "", 400, "invalid_request") { Method = "GET" },
            new("/connect/userinfo", "", 400, "invalid_request") { Method = "DELETE", Authorization = $"Bearer {access}" },
            // introspection: RFC 7662 section 2
            new("/connect/introspect", own, 400, "invalid_request"),
            new("/connect/introspect", $"token={access}", 401, "invalid_client"),
            new("/connect/introspect", $"client_id={app.Id}&token={access}", 401, "invalid_client"),
            new("/connect/introspect", $"client_id={open.Id}&token={access}", 400, "unauthorized_client"),
            new($"/connect/introspect?{own}&token={access}", "", 400, "invalid_request") { Method = "GET" },
            new($"/connect/introspect?token={access}", "", 400, "invalid_request") { Method = "GET", Authorization = basic },
            .. TwiceEach("/connect/introspect", $"{own}&token={access}"),
            // revocation: RFC 7009 section 2
            new("/connect/revocation", own, 400, "invalid_request"),
            new("/connect/revocation", $"token={refresh}", 401, "invalid_client"),
            new("/connect/revocation", $"client_id={app.Id}&token={refresh}", 401, "invalid_client"),
            new($"/connect/revocation?{own}&token={refresh}", "", 400, "invalid_request") { Method = "GET" },
            .. TwiceEach("/connect/revocation", $"{own}&token={refresh}"),
            // pushed requests: RFC 9126 sections 2.1 and 2.3
            .. TwiceEach("/connect/par", pushed),
            new("/connect/par", $"{pushed}&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Ax", 400, "invalid_request"),
            new("/connect/par", $"{pushed}&request=e30.e30.", 400, "request_not_supported"),
            new("/connect/par", request, 401, "invalid_client"),
            new("/connect/par", $"{request}&client_secret=wrong", 401, "invalid_client"),
            new("/connect/par", pushed.Replace("signin-oidc", "signin-oidc2", StringComparison.Ordinal), 400, "invalid_request"),
            new("/connect/par", pushed.Replace("=S256", "=plain", StringComparison.Ordinal), 400, "invalid_request"),
            new(
                "/connect/par",
                pushed.Replace("response_type=code", "response_type=token", StringComparison.Ordinal),
                400,
                "unsupported_response_type"
            ),
            new("/connect/par", $"{pushed}&prompt=none%20login", 400, "invalid_request"),
            new("/connect/par", "", 400, "invalid_request") { Method = "GET" },
        ];
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        var wrong = new List<string>();
        foreach (var call in calls)
        {
            var answer = await SendAsync(http, call);
            var told =
                answer.Response.Content.Headers.ContentType?.MediaType == "application/json" && answer.Body.Length > 0
                    ? answer.Json.TryGetProperty("error", out var error)
                        ? error.GetString()
                        : null
                    : answer
                        .Response.Headers.WwwAuthenticate.Select(w => w.Parameter)
                        .FirstOrDefault()
                        ?.Split('"')
                        .Skip(1)
                        .FirstOrDefault();
            var asks = answer.Response.Headers.WwwAuthenticate.FirstOrDefault()?.Scheme;
            if ((call.Status, call.Error) != (answer.Status, told) || (call.Asks is not null && call.Asks != asks))
            {
                wrong.Add(
                    $"{call.Method} {call.Path} {call.Type} {call.Authorization?[..10]} {call.Body}: {answer.Status} {told} {asks} {answer.Body}".Replace(
                        access,
                        "ACCESS",
                        StringComparison.Ordinal
                    )
                );
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        // all of that used nothing up: code and token serve, by a scheme in any letters (RFC 9110 section 11.1)
        Assert.Equal(200, (await SendAsync(http, new("/connect/userinfo", "", 0, null) { Authorization = $"bearer {access}" })).Status);
        Assert.Equal(
            200,
            (
                await SendAsync(
                    http,
                    new("/connect/token", $"client_id={app.Id}&{redeemed}", 0, null) { Authorization = "basic" + basic[5..] }
                )
            ).Status
        );
        Assert.Equal(200, (await app.RefreshAsync(refresh)).Status);

        // what is not a mistake: a hint that is wrong, an unknown token, somebody else's (RFC 7009 section 2.2, RFC 7662 section 2.2)
        Assert.Equal(200, (await app.PostAsync("/connect/revocation", ("token", "x"), ("token_type_hint", "pixie"))).Status);
        foreach (var (asker, token) in new[] { (other, access), (app, "x"), (app, "x.y.z"), (other, refresh) })
        {
            Assert.Equal("""{"active":false}""", (await asker.PostAsync("/connect/introspect", ("token", token))).Body);
        }

        await PushedAsync(scene, jo);
        await ForLessAsync(scene, jo);
    }

    /// <summary>A pushed request is its app's alone, cannot be added to, and runs out (RFC 9126).</summary>
    private static async Task PushedAsync(AppScene scene, Browser jo)
    {
        var (app, other) = (await scene.AppAsync(), await scene.AppAsync());
        async Task<string> PushAsync(params (string, string?)[] over)
        {
            var pushed = await app.PostAsync("/connect/par", [.. app.Parameters(over).Select(p => (p.Key, p.Value!))]);
            Assert.Equal(201, pushed.Status);
            Assert.InRange(pushed.Json.GetProperty("expires_in").GetInt32(), 5, 3600);
            return Uri.EscapeDataString(pushed.Json.GetProperty("request_uri").GetString()!);
        }

        string Ask(string client, string uri, string more = "") => $"/connect/authorize?client_id={client}&request_uri={uri}{more}";
        var uri = await PushAsync(("scope", "openid"));
        foreach (
            var wrong in new[]
            {
                Ask(other.Id, uri),
                Ask(app.Id, uri + "x"),
                Ask(app.Id, uri[..^2]),
                $"/connect/authorize?request_uri={uri}",
            }
        )
        {
            var shown = await jo.GoAsync(wrong);
            Assert.True(shown is { Status: 400, Location: null }, $"{wrong}: {shown.Status} {shown.Location}");
        }

        // what stands beside it in the address counts for nothing
        var back = await jo.GoAsync(
            Ask(
                app.Id,
                uri,
                "&scope=openid%20email&redirect_uri=https%3A%2F%2Fevil.example%2Fcb&state=mine&response_mode=form_post&response_type=id_token"
            )
        );
        Assert.True(back.Location is not null, $"{back.Status} {back.Body}");
        Assert.StartsWith(TestApp.Back + "?code=", back.Location);
        Assert.Equal("a state, with ümlaut & =", back.Told["state"]);
        Assert.Equal("openid", (await app.RedeemAsync(back.Told["code"])).Json.GetProperty("scope").GetString());
        Assert.Equal(400, (await jo.GoAsync(Ask(app.Id, uri))).Status); // once

        uri = await PushAsync();
        scene.Clock.Advance(TimeSpan.FromMinutes(61));
        var late = await jo.GoAsync(Ask(app.Id, uri));
        Assert.True(late is { Status: 400, Location: null }, $"{late.Status} {late.Location}");
        Assert.Contains("Too much time has passed", late.Body);
    }

    /// <summary>A refresh for less narrows the access token, and the next refresh has all again (RFC 6749 section 6).</summary>
    private static async Task ForLessAsync(AppScene scene, Browser jo)
    {
        var app = await scene.AppAsync();
        var tokens = await AppScene.TokensAsync(app, jo, ("scope", "openid email profile offline_access"));

        // also where it does not name offline_access, which opens nothing
        var less = await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!, ("scope", "openid email"));
        Assert.Equal(200, less.Status);
        var info = (await app.UserInfoAsync(less.Json.GetProperty("access_token").GetString()!)).Json;
        Assert.True(info.TryGetProperty("email", out _) && !info.TryGetProperty("name", out _), info.ToString());
        Assert.False(TestApp.Payload(less.Json.GetProperty("id_token").GetString()!).TryGetProperty("name", out _));

        var all = await app.RefreshAsync(less.Json.GetProperty("refresh_token").GetString()!);
        Assert.True(TestApp.Payload(all.Json.GetProperty("id_token").GetString()!).TryGetProperty("name", out _), all.Body);
        var more = await app.RefreshAsync(all.Json.GetProperty("refresh_token").GetString()!, ("scope", "openid groups"));
        Assert.Equal("invalid_scope", more.Json.GetProperty("error").GetString());

        // as long as the sign-in, however often
        scene.Clock.Advance(TimeSpan.FromDays(6));
        var last = await app.RefreshAsync(all.Json.GetProperty("refresh_token").GetString()!, ("scope", "openid"));
        Assert.Equal(200, last.Status);
        await scene
            .Server.Service<Membership.Accounts.EndMemberSessions>()
            .RunAsync(Actor.Operator, scene.Workspace.Id, (await scene.MemberAsync("jo@acme.com")).Id, default);
        Assert.Equal(400, (await app.RefreshAsync(last.Json.GetProperty("refresh_token").GetString()!)).Status);
    }

    /// <summary>The same call once for each of its parameters, with that one twice.</summary>
    private static IEnumerable<Call> TwiceEach(string path, string body) =>
        body.Split('&').Select(pair => new Call(path, $"{body}&{pair}", 400, "invalid_request"));

    private static async Task<Answer> SendAsync(HttpClient http, Call call)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Path);
        if (call.Method != "GET")
        {
            request.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(call.Body));
            request.Content.Headers.ContentType = call.Type is null ? null : MediaTypeHeaderValue.Parse(call.Type);
        }

        if (call.Authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", call.Authorization);
        }

        return await Browser.AnswerAsync(await http.SendAsync(request));
    }
}
