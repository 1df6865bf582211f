using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>What somebody with bad intentions sends to the provider's addresses; one server for all.</summary>
public sealed class AbuseTests
{
    [Theory, EachDatabase]
    public async Task Addresses_that_are_almost_right_and_parameters_that_come_twice_lead_nowhere(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");
        foreach (
            var address in new[]
            {
                "https://app.example.org/x/../signin-oidc",
                "https://app.example.org/%2e%2e/signin-oidc",
                "https://app.example.org%2fsignin-oidc",
                "https://app.example.org/signin-oidc#x",
                "https://app.example.org/signin%2Doidc",
                "https://evil@app.example.org/signin-oidc",
                "https://app.example.org@evil.example/signin-oidc",
                "https://appxexample.org/signin-oidc",
                "https://app.example.org./signin-oidc",
                "https://APP.example.org/signin-oidc",
                "https://app.example.org\\@evil.example/signin-oidc",
                " https://app.example.org/signin-oidc",
                "https://app.example.org/signin-oidc\u0000",
                "data:text/html,x",
                "",
            }
        )
        {
            var shown = await browser.GoAsync(app.Authorize(("redirect_uri", address)));
            Assert.True(shown.Status == 400 && shown.Location is null, $"{address}: {shown.Status} {shown.Location}");
        }

        // RFC 6749 section 3.1: none may come more than once, and which of the two was meant nobody guesses
        foreach (var (name, value) in app.Parameters(("prompt", "login"), ("max_age", "1"), ("request_uri", "x"), ("extra", "x")))
        {
            foreach (var second in new[] { value!, "other" })
            {
                var twice = await browser.GoAsync(
                    app.Authorize(("prompt", "login"), ("max_age", "1"), ("request_uri", "x"), ("extra", "x"))
                        + $"&{name}={Uri.EscapeDataString(second)}"
                );
                Assert.True(twice.Status == 400 && twice.Location is null, $"{name}: {twice.Status} {twice.Location}");
            }
        }

        var ended = await browser.GoAsync("/connect/endsession?state=1&state=2");
        Assert.True(ended.Status == 400 && ended.Location is null, $"{ended.Status} {ended.Location}");

        // an app without an address signs nobody in, whatever address it names
        var machine = await scene.AppAsync(s =>
            s with
            {
                RedirectUris = [],
                PostLogoutRedirectUris = [],
                AllowOfflineAccess = false,
                AllowClientCredentials = true,
            }
        );
        Assert.Null((await browser.GoAsync(machine.Authorize())).Location);
    }

    [Theory, EachDatabase]
    public async Task Verifiers_scopes_and_tokens_that_are_not_what_was_given_open_nothing(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");
        async Task<string> CodeAsync(params (string, string?)[] over) => (await browser.GoAsync(app.Authorize(over))).Told["code"];

        foreach (var verifier in new[] { "short", new string('a', 42), new string('a', 129), TestApp.Challenge })
        {
            var refused = await app.RedeemAsync(await CodeAsync(), ("code_verifier", verifier));
            Assert.True(
                refused.Status == 400 && refused.Json.GetProperty("error").GetString() is "invalid_grant" or "invalid_request",
                refused.Body
            );
        }

        // more than was given, and what was given in part
        var narrow = (await app.RedeemAsync(await CodeAsync(("scope", "openid offline_access"))))
            .Json.GetProperty("refresh_token")
            .GetString()!;
        Assert.Equal("invalid_scope", (await app.RefreshAsync(narrow, ("scope", "openid email"))).Json.GetProperty("error").GetString());
        Assert.Equal(200, (await app.RefreshAsync(narrow, ("scope", "openid"))).Status);

        // only the whole of a token is one
        var tokens = await AppScene.TokensAsync(app, browser);
        var (access, refresh) = (tokens.GetProperty("access_token").GetString()!, tokens.GetProperty("refresh_token").GetString()!);
        foreach (var bad in new[] { refresh[..^1], refresh + "A", refresh.ToUpperInvariant(), " " + refresh, access })
        {
            Assert.Equal(400, (await app.RefreshAsync(bad)).Status);
        }

        var parts = access.Split('.');
        foreach (
            var bad in new[]
            {
                access[..^4] + "AAAA",
                $"eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{parts[1]}.",
                tokens.GetProperty("id_token").GetString()!,
                refresh,
            }
        )
        {
            Assert.Equal(401, (await app.UserInfoAsync(bad)).Status);
        }

        Assert.Equal(200, (await app.UserInfoAsync(access)).Status);
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        using var inAddress = await http.GetAsync("/connect/userinfo?access_token=" + access); // RFC 9700 section 4.3.2
        Assert.InRange((int)inAddress.StatusCode, 400, 401);
        Assert.DoesNotContain(access, scene.Server.Log);

        // a hint that is forged is none
        foreach (
            var forged in new[]
            {
                $"eyJhbGciOiJub25lIn0.{tokens.GetProperty("id_token").GetString()!.Split('.')[1]}.",
                "x.y.z",
                access,
                refresh,
            }
        )
        {
            var silent = await browser.GoAsync(app.Authorize(("prompt", "none"), ("id_token_hint", forged)));
            Assert.True(silent.Location is null || silent.Told.ContainsKey("error"), $"{silent.Status} {silent.Location}");
        }
    }

    [Theory, EachDatabase]
    public async Task What_is_huge_or_hostile_is_refused_at_once_and_shown_as_text(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");
        foreach (var path in new[] { "/connect/authorize", "/connect/par", "/connect/token", "/connect/endsession" })
        {
            foreach (
                var (name, value) in new[]
                {
                    ("scope", string.Join(' ', Enumerable.Range(0, 25_000).Select(_ => "x"))),
                    ("scope", string.Join(' ', Enumerable.Range(0, 9_000).Select(i => $"x{i}"))),
                    ("nonce", new string('n', 1024 * 1024)),
                    ("state", new string('s', 1024 * 1024)),
                    ("acr_values", string.Join(' ', Enumerable.Range(0, 10_000))),
                    ("ui_locales", string.Join(' ', Enumerable.Range(0, 3_000).Select(_ => "de"))),
                    (new string('p', 9_000), "x"),
                }
            )
            {
                await RefusedAtOnceAsync(scene, path, app.Parameters((name, value)));
            }
        }

        // as much as an address holds is nothing special
        Assert.Contains("code=", (await browser.GoAsync(app.Authorize(("state", new string('s', 4000))))).Location);

        // the address of a request that lies elsewhere is not called
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var named = await browser.GoAsync(app.Authorize(("request_uri", $"http://{elsewhere.LocalEndpoint}/request.jwt")));
        Assert.DoesNotContain("code=", named.Location ?? "");
        Assert.False(elsewhere.Pending());

        // what an app sends is shown as text, under a policy that runs no script of it; and no page can be framed
        const string Script = "\"><script>alert(1)</script>";
        foreach (
            var page in new[]
            {
                await browser.GoAsync(app.Authorize(("client_id", Script))),
                await browser.GoAsync(app.Authorize(("redirect_uri", "https://x.example/" + Script))),
                await browser.GoAsync(app.Authorize(("response_mode", "form_post"), ("state", Script))),
                await browser.GoAsync(app.Authorize(("prompt", "select_account"))),
                await browser.GoAsync("/connect/endsession?post_logout_redirect_uri=" + Uri.EscapeDataString(Script)),
            }
        )
        {
            Assert.DoesNotContain("<script>alert", page.Body);
            var policy = page.Response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.DoesNotContain("unsafe", policy);
        }

        // nobody else's page reads what an app is told: no origin is let in that is not the app's
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        var access = (await AppScene.TokensAsync(app, browser)).GetProperty("access_token").GetString()!;
        foreach (
            var (path, origin, allowed) in new (string, string, string?)[]
            {
                ("/connect/userinfo", "https://app.example.org", "https://app.example.org"),
                ("/connect/userinfo", "https://app.example.org.evil.example", null),
                ("/connect/userinfo", "null", null),
                ("/connect/authorize", "https://app.example.org", null),
                ("/connect/introspect", "https://app.example.org", null),
                ("/.well-known/openid-configuration", "https://evil.example", "*"),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Origin", origin);
            request.Headers.Authorization = new("Bearer", access);
            using var answer = await http.SendAsync(request);
            Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var told) ? told.Single() : null);
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        }
    }

    /// <summary>
    /// An answer of 4xx within 100 ms, for which the server takes no more memory than the request has bytes, and some: the best of a few
    /// tries, for other tests run beside this one.
    /// </summary>
    private static async Task RefusedAtOnceAsync(AppScene scene, string path, Dictionary<string, string?> form)
    {
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        using var encoded = new FormUrlEncodedContent(form);
        var body = await encoded.ReadAsByteArrayAsync();
        var (time, bytes) = (TimeSpan.MaxValue, long.MaxValue);
        var about = $"{path} {form.MaxBy(f => f.Key.Length + f.Value?.Length).Key[..5]}";
        for (var i = 0; i < 20 && (time > TimeSpan.FromMilliseconds(100) || bytes > 2_000_000); i++)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new("application/x-www-form-urlencoded");
            var before = GC.GetTotalAllocatedBytes();
            var clock = Stopwatch.StartNew();
            // asks before it sends: who is refused amid a body may find the line closed before the answer is read (RFC 9110 section 10.1.1)
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
            request.Headers.ExpectContinue = true;
            using var answer = await http.SendAsync(request);
            time = new[] { time, clock.Elapsed }.Min();
            bytes = Math.Min(bytes, GC.GetTotalAllocatedBytes() - before);
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{about}: {(int)answer.StatusCode}");
        }

        Assert.True(time <= TimeSpan.FromMilliseconds(100) && bytes <= 2_000_000, $"{about}: {time}, {bytes} bytes");
    }

    [Theory, EachDatabase]
    public async Task A_token_that_comes_twice_is_told_once_in_the_audit_log_and_no_secret_is_kept_in_clear(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");
        var code = (await browser.GoAsync(app.Authorize())).Told["code"];
        var tokens = (await app.RedeemAsync(code)).Json;
        var first = tokens.GetProperty("refresh_token").GetString()!;
        var second = (await app.RefreshAsync(first)).Json.GetProperty("refresh_token").GetString()!;
        var third = (await app.RefreshAsync(second)).Json.GetProperty("refresh_token").GetString()!;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(400, (await app.RefreshAsync(first)).Status); // the very first, when the third is out
        }

        Assert.Equal(400, (await app.RefreshAsync(third)).Status);
        await using var db = scene.Server.Store.Read();
        var line = Assert.Single(await db.AuditEntries.AsNoTracking().Where(e => e.Act == "app.tokenReused").ToListAsync());
        Assert.Equal((scene.Workspace.Id, (Guid?)app.Client.Id), (line.WorkspaceId, line.TargetId));
        Assert.Contains("refresh_token", line.After);

        string[] secrets =
        [
            code,
            first,
            second,
            third,
            app.Secret!,
            TestApp.Verifier,
            tokens.GetProperty("access_token").GetString()!,
            tokens.GetProperty("id_token").GetString()!,
        ];
        Assert.Empty(SecretScan.Find(await IssuedSecrets.DumpAsync(db), secrets));
        Assert.Empty(SecretScan.Find(scene.Server.Log, secrets));
    }

    [Theory, EachDatabase]
    public async Task An_app_of_a_workspace_has_no_inner_address_dialled_and_the_receipt_says_so(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(
            s => s with { BackChannelLogoutUri = sink.Address.Replace("http://127.0.0.1", "http://localhost", StringComparison.Ordinal) },
            scene.Workspace.Id
        );
        using var browser = await scene.JoinAsync("jo@acme.com");
        await AppScene.TokensAsync(app, browser);
        var member = await scene.MemberAsync("jo@acme.com");
        await scene.Server.Service<SuspendMember>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, null, default);
        AppReceipt? receipt = null;
        await Until.TrueAsync(async () =>
            (
                receipt = (
                    await scene.Server.Service<ReadAppReceipts>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, default)
                ).Value.SingleOrDefault()
            )
                is { Ending.Tries: > 0 }
        );
        Assert.Equal(ReceiptState.Waiting, receipt!.State);
        Assert.NotEmpty(receipt.Ending.LastAnswer!);
        Assert.True(sink.IsEmpty);
        scene.Clock.Advance(TimeSpan.FromMilliseconds(500));
        var later = (await scene.Server.Service<ReadAppReceipts>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, default)).Value;
        Assert.Equal(0.5, later.Single().Seconds);
    }
}
