using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// The checks of the plan oidcc-basic-certification-test-plan, each under its own name, against one server: as that plan sends them,
/// without PKCE, and once more by form_post (oidcc-formpost-basic-certification-test-plan). Scopes that are not offered (address,
/// phone) and the <c>claims</c> parameter, which is not read, are among them for what they must not do.
/// </summary>
public sealed class BasicProfileTests
{
    /// <summary>The names of the plan's modules that are checked here.</summary>
    internal static IEnumerable<string> Modules => Checks.Keys;

    private static readonly Dictionary<string, Func<Run, Task>> Checks = new(StringComparer.Ordinal)
    {
        ["oidcc-server"] = async run =>
        {
            var back = await run.AskAsync();
            Assert.Equal("a state, with ümlaut & =", back.Told["state"]);
            var tokens = (await run.App.RedeemAsync(back.Told["code"])).Json;
            Assert.Equal("Bearer", tokens.GetProperty("token_type").GetString());
            var token = await run.CheckedAsync(tokens);
            var access = tokens.GetProperty("access_token").GetString()!;
            Assert.Equal(
                Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(access)).AsSpan(0, 16)),
                token.GetClaim("at_hash").Value
            );
            Assert.Equal("n-0S6_WzA2Mj", token.GetClaim("nonce").Value);
            Assert.NotNull(token.GetClaim("iat").Value);
            Assert.Equal(token.Subject, (await run.App.UserInfoAsync(access)).Json.GetProperty("sub").GetString());
            Assert.True(token.Subject.Length <= 255 && token.Subject.All(char.IsAscii), token.Subject);
            Assert.Equal(run.Scene.Server.PublicUrl.ToString().TrimEnd('/'), back.Told["iss"]); // RFC 9207
            Assert.True(tokens.GetProperty("expires_in").GetInt32() > 0);
            Assert.True(back.Told["code"].Length >= 22, back.Told["code"]); // 128 bits (RFC 6749 section 10.10)
            // OpenID Connect Core section 5.4: what was not asked for is in no token
            Assert.False((await run.CheckedAsync(await run.TokensAsync(("scope", "openid")))).TryGetClaim("name", out _));
        },
        ["oidcc-response-type-missing"] = async run => await run.RefusedAsync("invalid_request", ("response_type", null)),
        ["oidcc-idtoken-signature"] = async run => Assert.Equal("RS256", (await run.CheckedAsync(await run.TokensAsync())).Alg),
        ["oidcc-idtoken-unsigned"] = async run =>
            Assert.Equal("RS256", (await run.CheckedAsync(await run.TokensAsync(("id_token_signed_response_alg", "none")))).Alg),
        ["oidcc-userinfo-get"] = async run => await run.InfoAsync(HttpMethod.Get, inBody: false),
        ["oidcc-userinfo-post-header"] = async run => await run.InfoAsync(HttpMethod.Post, inBody: false),
        ["oidcc-userinfo-post-body"] = async run => await run.InfoAsync(HttpMethod.Post, inBody: true),
        ["oidcc-ensure-request-without-nonce-succeeds-for-code-flow"] = async run =>
            Assert.False((await run.CheckedAsync(await run.TokensAsync(("nonce", null)))).TryGetClaim("nonce", out _)),
        ["oidcc-scope-profile"] = async run =>
        {
            var info = await run.InfoAsync("openid profile");
            Assert.Equal("Jo Harbour", info.GetProperty("name").GetString());
            foreach (var name in new[] { "given_name", "family_name", "preferred_username" })
            {
                Assert.NotEmpty(info.GetProperty(name).GetString()!);
            }

            Assert.False(info.TryGetProperty("email", out _));
        },
        ["oidcc-scope-email"] = async run =>
        {
            var info = await run.InfoAsync("openid email");
            Assert.Equal("jo@acme.com", info.GetProperty("email").GetString());
            Assert.True(info.GetProperty("email_verified").GetBoolean());
            Assert.False(info.TryGetProperty("name", out _));
        },
        ["oidcc-scope-address"] = async run => await run.IgnoredAsync("openid address"),
        ["oidcc-scope-phone"] = async run => await run.IgnoredAsync("openid phone"),
        ["oidcc-scope-all"] = async run =>
        {
            Assert.Equal("Jo Harbour", (await run.InfoAsync("openid profile email workspace groups")).GetProperty("name").GetString());
            // as the plan asks: two of these are not offered, and the others are given all the same
            var info = await run.InfoAsync("openid profile email address phone");
            Assert.Equal(("Jo Harbour", "jo@acme.com"), (info.GetProperty("name").GetString(), info.GetProperty("email").GetString()));
        },
        ["oidcc-ensure-other-scope-order-succeeds"] = async run =>
            Assert.Equal("Jo Harbour", (await run.InfoAsync("profile openid")).GetProperty("name").GetString()),
        ["oidcc-alternate-happy-flow"] = async run =>
        {
            var all = run.App.Parameters(("scope", "offline_access groups workspace email profile openid")).Reverse();
            var query = string.Join('&', all.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value!)}"));
            var back = await run.Browser.GoAsync("/connect/authorize?" + query);
            await run.CheckedAsync((await run.App.RedeemAsync(back.Told["code"])).Json);
        },
        ["oidcc-display-page"] = async run => await run.TokensAsync(("display", "page")),
        ["oidcc-display-popup"] = async run => await run.TokensAsync(("display", "popup")),
        ["oidcc-prompt-login"] = async run => await run.ProvesAnewAsync(("prompt", "login")),
        ["oidcc-prompt-none-not-logged-in"] = async run =>
        {
            using var nobody = new Browser(run.Scene.Server);
            var told = (await nobody.GoAsync(run.App.Authorize(("prompt", "none")))).Told;
            Assert.Equal(("login_required", "a state, with ümlaut & ="), (told["error"], told["state"]));
            Run.IsError(told);
        },
        ["oidcc-prompt-none-logged-in"] = async run =>
        {
            var first = await run.CheckedAsync(await run.TokensAsync());
            run.Scene.Clock.Advance(TimeSpan.FromSeconds(30));
            var second = await run.CheckedAsync(await run.TokensAsync(("prompt", "none")));
            Assert.Equal(
                (first.Subject, first.GetClaim("auth_time").Value, first.GetClaim("sid").Value),
                (second.Subject, second.GetClaim("auth_time").Value, second.GetClaim("sid").Value)
            );
        },
        ["oidcc-max-age-1"] = async run => await run.ProvesAnewAsync(("max_age", "1")),
        ["oidcc-max-age-10000"] = async run =>
        {
            var first = await run.CheckedAsync(await run.TokensAsync(("max_age", "15000")));
            run.Scene.Clock.Advance(TimeSpan.FromSeconds(2));
            var second = await run.CheckedAsync(await run.TokensAsync(("max_age", "10000"), ("prompt", "none")));
            Assert.Equal(first.GetClaim("auth_time").Value, second.GetClaim("auth_time").Value);
        },
        ["oidcc-ensure-request-with-unknown-parameter-succeeds"] = async run => await run.TokensAsync(("extra", "foobar")),
        ["oidcc-id-token-hint"] = async run =>
        {
            var hint = (await run.TokensAsync()).GetProperty("id_token").GetString();
            run.Scene.Clock.Advance(TimeSpan.FromHours(1)); // also one that ran out
            var again = await run.CheckedAsync(await run.TokensAsync(("prompt", "none"), ("id_token_hint", hint)));
            Assert.Equal(TestApp.Payload(hint!).GetProperty("sub").GetString(), again.Subject);
        },
        ["oidcc-login-hint"] = async run =>
        {
            await run.TokensAsync(("login_hint", "buffy@localhost"));
            using var nobody = new Browser(run.Scene.Server);
            Assert.Contains("buffy@localhost", (await nobody.GoAsync(run.App.Authorize(("login_hint", "buffy@localhost")))).Body);
        },
        ["oidcc-ui-locales"] = async run => await run.TokensAsync(("ui_locales", "se")),
        ["oidcc-claims-locales"] = async run => await run.TokensAsync(("claims_locales", "se")),
        ["oidcc-ensure-request-with-acr-values-succeeds"] = async run =>
            Assert.Equal("1", (await run.CheckedAsync(await run.TokensAsync(("acr_values", "2 1")))).GetClaim("acr").Value),
        ["oidcc-codereuse"] = async run => await run.CodeTwiceAsync(TimeSpan.Zero),
        ["oidcc-codereuse-30seconds"] = async run => await run.CodeTwiceAsync(TimeSpan.FromSeconds(30)),
        ["oidcc-ensure-registered-redirect-uri"] = async run =>
        {
            var shown = await run.AskAsync(("redirect_uri", "https://app.example.org/other"));
            Assert.Equal((400, null), (shown.Status, shown.Location));
            Assert.Contains("<h1", shown.Body);
        },
        ["oidcc-ensure-post-request-succeeds"] = async run =>
        {
            var back = await run.Browser.FollowAsync(
                await run.Browser.PostAsync("/connect/authorize", [.. run.App.Parameters().Select(p => (p.Key, p.Value!))])
            );
            await run.CheckedAsync((await run.App.RedeemAsync(back.Told["code"])).Json);
        },
        ["oidcc-server-client-secret-post"] = async run => await run.CheckedAsync(await run.TokensAsync()),
        ["oidcc-server-client-secret-basic"] = async run =>
        {
            using var http = new HttpClient { BaseAddress = run.Scene.Server.PublicUrl };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.ASCII.GetBytes($"{run.App.Id}:{run.App.Secret}"))
            );
            using var form = new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["grant_type"] = "authorization_code",
                    ["code"] = (await run.AskAsync()).Told["code"],
                    ["redirect_uri"] = TestApp.Back,
                    [run.App.Pkce ? "code_verifier" : "x"] = TestApp.Verifier,
                }
            );
            await run.CheckedAsync((await Browser.AnswerAsync(await http.PostAsync("/connect/token", form))).Json);
        },
        ["oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported"] = async run =>
            await run.RefusedAsync("request_uri_not_supported", ("request_uri", "https://app.example.org/request.jwt")),
        ["oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported"] = async run =>
            await run.RefusedAsync("request_not_supported", ("request", Unsigned(run))),
        ["oidcc-claims-essential"] = async run => await run.TokensAsync(("claims", """{"userinfo":{"name":{"essential":true}}}""")),
        ["oidcc-ensure-request-object-with-redirect-uri"] = async run =>
            await run.NoCodeAsync(("request", Unsigned(run, "https://evil.example/cb"))),
        ["oidcc-refresh-token"] = async run =>
        {
            var tokens = await run.TokensAsync(("scope", "openid offline_access"), ("prompt", "consent"));
            var token = tokens.GetProperty("refresh_token").GetString()!;
            var stolen = await run.Other.RefreshAsync(token);
            Assert.Equal((400, "invalid_grant"), (stolen.Status, stolen.Json.GetProperty("error").GetString()));
            run.Scene.Clock.Advance(TimeSpan.FromSeconds(1));
            var again = (await run.App.RefreshAsync(token, ("scope", "openid offline_access"))).Json;
            var (before, after) = (await run.CheckedAsync(tokens), await run.CheckedAsync(again));
            // OpenID Connect Core section 12.2
            Assert.Equal(
                (before.Subject, before.GetClaim("auth_time").Value, before.Issuer, before.Audiences.Single()),
                (after.Subject, after.GetClaim("auth_time").Value, after.Issuer, after.Audiences.Single())
            );
            Assert.True(after.IssuedAt > before.IssuedAt);
            Assert.True(!after.TryGetClaim("nonce", out var nonce) || nonce.Value == before.GetClaim("nonce").Value);
            Assert.NotEqual(token, again.GetProperty("refresh_token").GetString());
            Assert.NotEqual(tokens.GetProperty("access_token").GetString(), again.GetProperty("access_token").GetString());
            Assert.Equal(200, (await run.App.UserInfoAsync(again.GetProperty("access_token").GetString()!)).Status);
        },
        ["oidcc-ensure-request-with-valid-pkce-succeeds"] = async run =>
        {
            var back = await run.AskAsync(("code_challenge", TestApp.Challenge), ("code_challenge_method", "S256"));
            await run.CheckedAsync((await run.App.RedeemAsync(back.Told["code"], ("code_verifier", TestApp.Verifier))).Json);
        },
        ["oidcc-ensure-client-assertion-with-iss-aud-succeeds"] = async run =>
        {
            using var key = RSA.Create(2048);
            var issuer = run.Scene.Server.PublicUrl.ToString().TrimEnd('/');
            var signing = await run.Scene.AppAsync(s => s with { JsonWebKeySet = AppProofTests.KeySet(key), RequirePkce = run.App.Pkce });
            var app = new TestApp(run.Scene.Server, signing.Client, null) { Pkce = run.App.Pkce, ResponseMode = run.App.ResponseMode };
            foreach (var audience in new[] { issuer, issuer + "/connect/token" })
            {
                var back = await run.Browser.GoAsync(app.Authorize());
                var tokens = await app.RedeemAsync(
                    back.Told["code"],
                    ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
                    ("client_assertion", AppProofTests.Assertion(key, app.Id, audience, run.Scene.Clock.Now, "for " + audience))
                );
                Assert.True(tokens.Status == 200, $"{audience}: {tokens.Body}");
            }
        },
    };

    [Theory, EachDatabase]
    public async Task The_provider_does_what_the_basic_plan_checks(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        await AllAsync(scene, pkce: false, responseMode: null);
    }

    [Theory, EachDatabase]
    public async Task The_provider_does_what_the_form_post_plan_checks(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        await AllAsync(scene, pkce: true, responseMode: "form_post");
    }

    private static async Task AllAsync(AppScene scene, bool pkce, string? responseMode)
    {
        async Task<TestApp> AppAsync()
        {
            var made = await scene.AppAsync(s => s with { RequirePkce = pkce });
            return new(scene.Server, made.Client, made.Secret) { Pkce = pkce, ResponseMode = responseMode };
        }

        var (app, other) = (await AppAsync(), await AppAsync());
        using var browser = await scene.JoinAsync("jo@acme.com");
        foreach (var (name, check) in Checks)
        {
            try
            {
                await check(new(scene, app, other, browser));
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"{name}: {fault.Message}", fault);
            }
        }
    }

    /// <summary>A request object of nobody's signing.</summary>
    private static string Unsigned(Run run, string back = TestApp.Back)
    {
        static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
        return $"{Part(new { alg = "none" })}.{Part(new { client_id = run.App.Id, redirect_uri = back, response_type = "code", scope = "openid" })}.";
    }

    /// <summary>What a check has: a person who is signed in, an app, another one.</summary>
    private sealed record Run(AppScene Scene, TestApp App, TestApp Other, Browser Browser)
    {
        public Task<Answer> AskAsync(params (string, string?)[] over) => Browser.GoAsync(App.Authorize(over));

        public Task<JsonElement> TokensAsync(params (string, string?)[] over) => AppScene.TokensAsync(App, Browser, over);

        public Task<JsonWebToken> CheckedAsync(JsonElement tokens) =>
            SignInFlowTests.CheckedAsync(Scene, App, tokens.GetProperty("id_token").GetString()!);

        public async Task RefusedAsync(string error, params (string, string?)[] over)
        {
            var told = (await AskAsync(over)).Told;
            Assert.Equal((error, "a state, with ümlaut & ="), (told["error"], told["state"]));
            IsError(told);
        }

        /// <summary>What an error may hold, in the letters of RFC 6749 section 4.1.2.1.</summary>
        public static void IsError(IReadOnlyDictionary<string, string> told)
        {
            Assert.Empty(told.Keys.Except(["error", "error_description", "error_uri", "state", "iss"]));
            Assert.All(
                told["error_description"],
                c => Assert.True(c is >= ' ' and <= '~' and not '"' and not '\\', told["error_description"])
            );
        }

        /// <summary>It is refused, to the app or to the person, and no code is given.</summary>
        public async Task NoCodeAsync(params (string, string?)[] over)
        {
            var answer = await AskAsync(over);
            Assert.True(
                answer.Location is null && answer.Status == 400 || answer.Told.ContainsKey("error"),
                $"{answer.Status} {answer.Location}"
            );
            Assert.DoesNotContain("evil.example", answer.Location ?? "");
        }

        /// <summary>Nothing comes of the scope, and the app is told what it was given (RFC 6749 section 3.3).</summary>
        public async Task IgnoredAsync(string scope)
        {
            var tokens = await TokensAsync(("scope", scope));
            Assert.Equal("openid", tokens.GetProperty("scope").GetString());
            var info = (await App.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Json;
            Assert.Equal("sub", Assert.Single(info.EnumerateObject()).Name);
        }

        public async Task<JsonElement> InfoAsync(string scope) =>
            (await App.UserInfoAsync((await TokensAsync(("scope", scope))).GetProperty("access_token").GetString()!)).Json;

        public async Task InfoAsync(HttpMethod method, bool inBody)
        {
            var tokens = await TokensAsync();
            var access = tokens.GetProperty("access_token").GetString()!;
            using var http = new HttpClient { BaseAddress = Scene.Server.PublicUrl };
            using var request = new HttpRequestMessage(method, "/connect/userinfo");
            if (inBody)
            {
                request.Content = new FormUrlEncodedContent([new("access_token", access)]);
            }
            else
            {
                request.Headers.Authorization = new("Bearer", access);
            }

            var answer = await Browser.AnswerAsync(await http.SendAsync(request));
            Assert.Equal("application/json", answer.Response.Content.Headers.ContentType?.MediaType);
            Assert.Equal((await CheckedAsync(tokens)).Subject, answer.Json.GetProperty("sub").GetString());
        }

        public async Task ProvesAnewAsync((string, string?) wish)
        {
            var first = await CheckedAsync(await TokensAsync());
            Scene.Clock.Advance(TimeSpan.FromSeconds(3));
            var page = await AskAsync(wish);
            Assert.True(page.Location is null && page.Status == 200, $"{page.Status} {page.Location}");
            Assert.DoesNotContain("name=\"code\"", page.Body);
            var back = await Browser.SubmitAsync(page, "/signin/again", ("password", AppScene.Password));
            var second = await CheckedAsync((await App.RedeemAsync(back.Told["code"])).Json);
            Assert.Equal(first.Subject, second.Subject);
            Assert.True(string.CompareOrdinal(second.GetClaim("auth_time").Value, first.GetClaim("auth_time").Value) > 0);
        }

        public async Task CodeTwiceAsync(TimeSpan after)
        {
            var code = (await AskAsync()).Told["code"];
            var tokens = (await App.RedeemAsync(code)).Json;
            Scene.Clock.Advance(after);
            var second = await App.RedeemAsync(code);
            Assert.Equal((400, "invalid_grant"), (second.Status, second.Json.GetProperty("error").GetString()));
            Assert.Equal(401, (await App.UserInfoAsync(tokens.GetProperty("access_token").GetString()!)).Status);
            Assert.Equal(400, (await App.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        }
    }
}
