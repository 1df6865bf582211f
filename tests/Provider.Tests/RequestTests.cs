using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

public sealed class RequestTests
{
    [Theory, EachDatabase]
    public async Task What_is_wrong_goes_back_to_the_app_and_to_nobody_else(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");

        // neither the app nor its address is right: shown to the person, sent nowhere
        foreach (
            var wrong in new (string, string?)[]
            {
                ("redirect_uri", TestApp.Back + "/"),
                ("redirect_uri", TestApp.Back + "x"),
                ("redirect_uri", "https://app.example.org/Signin-oidc"),
                ("redirect_uri", "http://app.example.org/signin-oidc"),
                ("redirect_uri", TestApp.Back + "?a=b"),
                ("redirect_uri", "https://app.example.org.evil.example/signin-oidc"),
                ("redirect_uri", "//app.example.org/signin-oidc"),
                ("redirect_uri", "https://app.example.org:443/signin-oidc"),
                ("redirect_uri", "javascript:alert(1)"),
                ("redirect_uri", null),
                ("client_id", "nobody"),
                ("client_id", null),
                ("client_id", app.Id.ToUpperInvariant()),
            }
        )
        {
            var shown = await browser.GoAsync(app.Authorize(wrong));
            Assert.True(shown.Status == 400 && shown.Location is null, $"{wrong}: {shown.Status} {shown.Location}");
            Assert.Contains("<h1", shown.Body);
        }

        // the app and its address are right: OpenID Connect Core section 3.1.2.6
        var issuer = scene.Server.PublicUrl.ToString().TrimEnd('/');
        foreach (
            var (wrong, error) in new ((string, string?)[], string)[]
            {
                ([("response_type", null)], "invalid_request"),
                ([("response_type", "token")], "unsupported_response_type"),
                ([("response_type", "code id_token")], "unsupported_response_type"),
                ([("response_type", "none")], "unsupported_response_type"),
                ([("code_challenge", null), ("code_challenge_method", null)], "invalid_request"),
                ([("code_challenge_method", "plain")], "invalid_request"),
                ([("code_challenge_method", null)], "invalid_request"),
                ([("code_challenge", "short")], "invalid_request"),
                ([("code_challenge", new string('a', 44))], "invalid_request"),
                ([("scope", "telephone")], "invalid_scope"),
                ([("response_type", "code token")], "unsupported_response_type"),
                ([("response_type", "code id_token token")], "unsupported_response_type"),
                ([("response_type", "CODE")], "unsupported_response_type"),
                ([("response_type", "")], "invalid_request"),
                ([("code_challenge_method", "S512")], "invalid_request"),
                ([("prompt", "none login")], "invalid_request"), // OpenID Connect Core section 3.1.2.1
                ([("prompt", "none consent")], "invalid_request"),
                ([("prompt", "select_account none")], "invalid_request"),
                ([("max_age", "soon")], "invalid_request"),
                ([("max_age", "-1")], "invalid_request"),
                ([("max_age", "1.5")], "invalid_request"),
                ([("request", "e30.e30.")], "request_not_supported"),
                ([("request", "nonsense")], "request_not_supported"),
                ([("request_uri", "https://app.example.org/request.jwt")], "request_uri_not_supported"),
                ([("request_uri", "urn:example:request")], "request_uri_not_supported"),
                ([("response_mode", "fragment")], "invalid_request"),
                ([("response_mode", "web_message")], "invalid_request"),
                ([("response_mode", "query.jwt")], "invalid_request"),
                ([("response_mode", "carrier-pigeon")], "invalid_request"),
                ([("scope", "OPENID")], "invalid_scope"),
            }
        )
        {
            var told = await browser.GoAsync(app.Authorize(wrong));
            Assert.True(
                told.Location?.StartsWith(TestApp.Back + "?", StringComparison.Ordinal) == true,
                $"{string.Join(' ', wrong)}: {told.Status} {told.Location} {told.Body}"
            );
            Assert.True(
                (error, "a state, with ümlaut & =", issuer)
                    == (told.Told["error"], told.Told.GetValueOrDefault("state"), told.Told.GetValueOrDefault("iss")), // RFC 9207 section 2
                $"{string.Join(' ', wrong)}: {told.Location}"
            );
        }

        // what nobody knows or what only wishes changes nothing
        foreach (
            var odd in new (string, string?)[]
            {
                ("extra", "foobar"),
                ("display", "popup"),
                ("ui_locales", "se"),
                ("claims_locales", "se"),
                ("acr_values", "1 2"),
                ("acr_values", "urn:example:gold"),
                ("claims", """{"id_token":{"acr":{"essential":true,"values":["2"]}}}"""),
                ("claims", "no JSON {"),
                ("max_age", "999999999999999999"),
                ("max_age", ""),
                ("prompt", ""),
                ("login_hint", "somebody+else@example.org"),
                ("id_token_hint", ""),
                ("display", "wap"),
                ("scope", "openid  profile"),
                ("code_challenge_methods", "plain"),
                ("constructor", "__proto__"),
                ("scope", "openid telephone urn:example:all"),
                ("nonce", null),
                ("state", null),
                ("um_asked_at", "9999999999999"),
            }
        )
        {
            Assert.Contains("code=", (await browser.GoAsync(app.Authorize(odd))).Location);
        }

        // also in a pushed request and at a refresh, where the answer says what is given
        var pushed = await app.PostAsync(
            "/connect/par",
            [.. app.Parameters(("scope", "openid phone email offline_access")).Select(p => (p.Key, p.Value!))]
        );
        var back = await browser.GoAsync(
            $"/connect/authorize?client_id={app.Id}&request_uri={Uri.EscapeDataString(pushed.Json.GetProperty("request_uri").GetString()!)}"
        );
        var given = (await app.RedeemAsync(back.Told["code"])).Json;
        Assert.Equal("email offline_access openid", Sorted(given));
        given = (await app.RefreshAsync(given.GetProperty("refresh_token").GetString()!, ("scope", "openid phone email"))).Json;
        Assert.Equal("email openid", Sorted(given));
        static string Sorted(System.Text.Json.JsonElement tokens) =>
            string.Join(' ', tokens.GetProperty("scope").GetString()!.Split(' ').Order(StringComparer.Ordinal));

        // an address with a query of its own keeps it (RFC 6749 section 3.1.2)
        const string Asking = "https://app.example.org/cb?x=1&y=%2F%C3%BC";
        var asking = await scene.AppAsync(s => s with { RedirectUris = [Asking] });
        Assert.StartsWith(Asking + "&code=", (await browser.GoAsync(asking.Authorize(("redirect_uri", Asking)))).Location);
        var refused = await browser.GoAsync(asking.Authorize(("redirect_uri", Asking), ("prompt", "none login")));
        Assert.StartsWith(Asking + "&error=invalid_request", refused.Location);

        // as a form from the app's site, and back by a form
        var posted = await browser.FollowAsync(
            await browser.PostAsync(
                "/connect/authorize",
                [.. app.Parameters(("response_mode", "form_post")).Select(p => (p.Key, p.Value!))]
            )
        );
        Assert.Equal(200, posted.Status);
        Assert.Contains("form-action https://app.example.org;", posted.Response.Headers.GetValues("Content-Security-Policy").Single());
        var form = PageForm.Of(posted.Body).Single();
        Assert.Equal((TestApp.Back, "a state, with ümlaut & ="), (form.Action, form.Fields.Single(f => f.Name == "state").Value));
        Assert.Equal(200, (await app.RedeemAsync(form.Fields.Single(f => f.Name == "code").Value)).Status);
    }

    [Theory, EachDatabase]
    public async Task A_code_is_worth_nothing_to_another_app_at_another_address_or_without_its_verifier(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var (app, other) = (await scene.AppAsync(), await scene.AppAsync());
        using var browser = await scene.JoinAsync("jo@acme.com");
        async Task<string> CodeAsync() => (await browser.GoAsync(app.Authorize())).Told["code"];

        Assert.Equal(400, (await other.RedeemAsync(await CodeAsync())).Status);
        Assert.Equal(400, (await app.RedeemAsync(await CodeAsync(), ("redirect_uri", TestApp.Back + "/"))).Status);
        Assert.Equal(400, (await app.RedeemAsync(await CodeAsync(), ("code_verifier", TestApp.Verifier + "1"))).Status);
        Assert.Equal(400, (await app.RedeemAsync(await CodeAsync(), ("code_verifier", ""))).Status);
        Assert.Equal(401, (await app.RedeemAsync(await CodeAsync(), ("client_secret", "wrong"))).Status);
        var code = await CodeAsync();
        Assert.Equal(400, (await app.RedeemAsync(code[..^1] + (code[^1] == 'A' ? 'B' : 'A'))).Status);
        var old = await CodeAsync();
        scene.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(400, (await app.RedeemAsync(old)).Status);

        var tokens = await AppScene.TokensAsync(app, browser);
        Assert.Equal(400, (await other.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        Assert.False(await other.IsActiveAsync(tokens.GetProperty("access_token").GetString()!));
        Assert.True(await app.IsActiveAsync(tokens.GetProperty("access_token").GetString()!));
        await other.PostAsync("/connect/revocation", ("token", tokens.GetProperty("refresh_token").GetString()!));
        Assert.True(await app.IsActiveAsync(tokens.GetProperty("access_token").GetString()!));
        Assert.Equal(200, (await app.PostAsync("/connect/revocation", ("token", tokens.GetProperty("refresh_token").GetString()!))).Status);
        Assert.False(await app.IsActiveAsync(tokens.GetProperty("access_token").GetString()!)); // RFC 7009 section 2.1
        Assert.Equal(401, (await app.UserInfoAsync("not-a-token")).Status);

        // two secrets live at once; one that is taken away is dead at once
        var core = scene.Server;
        var second = (await core.Service<AddClientSecret>().RunAsync(Actor.Operator, null, app.Id, default)).Value;
        Assert.Equal(
            "tooManySecrets",
            (await core.Service<AddClientSecret>().RunAsync(Actor.Operator, null, app.Id, default)).Refusal!.Code
        );
        Assert.Equal(200, (await app.RedeemAsync(await CodeAsync(), ("client_secret", second.Secret!))).Status);
        Assert.Equal(200, (await app.RedeemAsync(await CodeAsync())).Status);
        await core.Service<RemoveClientSecret>().RunAsync(Actor.Operator, null, app.Id, ClientSecrets.Of(second.Row)[0].Id, default);
        Assert.Equal(401, (await app.RedeemAsync(await CodeAsync())).Status);
        Assert.Equal(200, (await app.RedeemAsync(await CodeAsync(), ("client_secret", second.Secret!))).Status);
    }

    [Theory, EachDatabase]
    public async Task An_app_asks_for_a_new_proof_an_agreement_or_an_account_and_gets_it_once(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(s => s with { RequireConsent = true });
        using var browser = await scene.JoinAsync("jo@acme.com");

        // agreement: asked once, remembered, asked again where the app wishes it or wants more
        Assert.Equal("consent_required", (await browser.GoAsync(app.Authorize(("prompt", "none")))).Told["error"]);
        var asked = await browser.GoAsync(app.Authorize(("scope", "openid profile")));
        Assert.Contains("your name", asked.Body);
        Assert.Contains("Let Notes in?", asked.Body);
        Assert.Contains("of <b><bdi>Acme</bdi></b>", asked.Body);
        Assert.Equal(
            "access_denied",
            (await browser.GoAsync(PageForm.Links(asked.Body).Single(l => l.Contains("denied=1", StringComparison.Ordinal)))).Told["error"]
        );
        Assert.Contains("code=", (await browser.SubmitAsync(asked, "/connect/consent")).Location);
        Assert.Contains("code=", (await browser.GoAsync(app.Authorize(("scope", "openid profile"), ("prompt", "none")))).Location);
        Assert.Equal("consent_required", (await browser.GoAsync(app.Authorize(("prompt", "none")))).Told["error"]);
        var again = await browser.GoAsync(app.Authorize(("scope", "openid profile"), ("prompt", "consent")));
        Assert.Contains("code=", (await browser.SubmitAsync(again, "/connect/consent")).Location);
        using (var stranger = await scene.JoinAsync("eve@acme.com"))
        {
            var page = await stranger.GoAsync(app.Authorize(("scope", "openid email")));
            Assert.Equal(
                400,
                (
                    await stranger.SubmitAsync(
                        page,
                        "/connect/consent",
                        (
                            "ticket",
                            PageForm.Of(again.Body).Single(f => f.Action == "/connect/consent").Fields.Single(f => f.Name == "ticket").Value
                        )
                    )
                ).Status
            );
        }

        // a new proof: the sign-in from before does not do, the one from after does, and auth_time tells
        var trusted = await scene.AppAsync();
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("login_required", (await browser.GoAsync(trusted.Authorize(("max_age", "60"), ("prompt", "none")))).Told["error"]);
        var wanted = await browser.GoAsync(trusted.Authorize(("prompt", "login")));
        Assert.Contains("To go on to <b><bdi>Notes</bdi></b></span>", wanted.Body);
        var typed = PageForm.Of(wanted.Body).Single(f => f.Action == "/signin/again").With(("password", AppScene.Password)).Fields;
        var onward = await browser.PostAsync("/signin/again", [.. typed]);
        // RFC 9700 section 4.12: what was typed is posted to nobody else
        Assert.True(onward.Status == 303 || (onward.Status == 200 && onward.Refresh is not null), $"{onward.Status} {onward.Location}");
        scene.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Contains("code=", (await browser.GoAsync(trusted.Authorize(("max_age", "10000")))).Location);
        foreach (
            var wish in new (string, string?)[] { ("prompt", "login"), ("prompt", "consent login"), ("max_age", "60"), ("max_age", "0") }
        )
        {
            scene.Clock.Advance(TimeSpan.FromMinutes(2));
            var prove = await browser.GoAsync(trusted.Authorize(wish));
            Assert.True(prove.Location is null && prove.Status == 200, $"{wish} {prove.Status} {prove.Location}");
            scene.Clock.Advance(TimeSpan.FromSeconds(10));
            var back = await browser.SubmitAsync(prove, "/signin/again", ("password", AppScene.Password));
            var tokens = (await trusted.RedeemAsync(back.Told["code"])).Json;
            Assert.Equal(
                scene.Clock.Now.ToUnixTimeSeconds(),
                TestApp.Payload(tokens.GetProperty("id_token").GetString()!).GetProperty("auth_time").GetInt64()
            );
        }

        // the account: a hint at somebody else is not answered in silence
        var hint = (await AppScene.TokensAsync(trusted, browser)).GetProperty("id_token").GetString()!;
        Assert.Contains("code=", (await browser.GoAsync(trusted.Authorize(("prompt", "none"), ("id_token_hint", hint)))).Location);
        using var eve = new Browser(scene.Server);
        Assert.Contains("code=", (await AppScene.SignInAsync(eve, await eve.GoAsync(trusted.Authorize()), "eve@acme.com")).Location);
        Assert.Equal("login_required", (await eve.GoAsync(trusted.Authorize(("prompt", "none"), ("id_token_hint", hint)))).Told["error"]);
        var meant = await eve.GoAsync(trusted.Authorize(("id_token_hint", hint)));
        Assert.Equal(
            "login_required",
            (await eve.GoAsync(PageForm.Links(meant.Body).Single(l => l.Contains("chosen=1", StringComparison.Ordinal)))).Told["error"]
        );
        Assert.Contains("code=", (await eve.GoAsync(trusted.Authorize(("id_token_hint", "no token at all")))).Location);
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        var choose = await eve.GoAsync(trusted.Authorize(("prompt", "select_account")));
        Assert.Contains("Use another account", choose.Body);
        Assert.Contains("Notes asks with which account", choose.Body);
        Assert.Contains(
            "code=",
            (await eve.GoAsync(PageForm.Links(choose.Body).Single(l => l.Contains("chosen=1", StringComparison.Ordinal)))).Location
        );
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        var out_ = await eve.SubmitAsync(await eve.GoAsync(trusted.Authorize(("prompt", "select_account"))), "/signout");
        Assert.Contains("code=", (await AppScene.SignInAsync(eve, out_, "jo@acme.com")).Location);
    }
}
