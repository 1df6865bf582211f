using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

public sealed class SignInFlowTests
{
    [Theory, EachDatabase]
    public async Task A_person_signs_in_at_an_app_and_the_app_learns_who_they_are_from_then_on(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using (await scene.JoinAsync("jo@acme.com")) { }

        using var browser = new Browser(scene.Server);
        var signIn = await browser.GoAsync(app.Authorize(("login_hint", "jo@acme.com")));
        Assert.Equal(200, signIn.Status);
        Assert.Contains("jo@acme.com", signIn.Body);
        Assert.Contains("To go on to <b><bdi>Notes</bdi></b></span>", signIn.Body);
        var back = await AppScene.SignInAsync(browser, signIn, "jo@acme.com");
        Assert.StartsWith(TestApp.Back + "?", back.Location);
        Assert.Equal("a state, with ümlaut & =", back.Told["state"]);
        Assert.Equal(scene.Server.PublicUrl.ToString().TrimEnd('/'), back.Told["iss"]);

        var tokens = (await app.RedeemAsync(back.Told["code"])).Json;
        var idToken = await CheckedAsync(scene, app, tokens.GetProperty("id_token").GetString()!);
        string Claim(string name) => idToken.GetClaim(name).Value;
        Assert.Equal(
            ("n-0S6_WzA2Mj", "acme", "Jo Harbour", "jo@acme.com", "pwd", "1"),
            (Claim("nonce"), Claim("workspace"), Claim("name"), Claim("email"), Claim("amr"), Claim("acr"))
        );
        Assert.Equal(scene.Workspace.Id.ToString(), Claim("workspace_id"));
        var member = await scene.MemberAsync("jo@acme.com");
        Assert.Equal((member.AccountId.ToString(), member.Role), (Claim("sub"), Claim("role")));
        Assert.Equal(scene.Clock.Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), Claim("auth_time"));

        var access = tokens.GetProperty("access_token").GetString()!;
        var info = (await app.UserInfoAsync(access)).Json;
        Assert.Equal(
            (member.AccountId.ToString(), "Jo Harbour", true),
            (info.GetProperty("sub").GetString(), info.GetProperty("name").GetString(), info.GetProperty("email_verified").GetBoolean())
        );
        Assert.True(await app.IsActiveAsync(access));

        // what changes in the core is in the next token and in UserInfo at once
        await scene.Server.Service<Membership.Roles.AssignRole>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, "admin", default);
        Assert.Equal("admin", (await app.UserInfoAsync(access)).Json.GetProperty("role").GetString());
        var refreshed = (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Json;
        Assert.Equal("admin", TestApp.Payload(refreshed.GetProperty("access_token").GetString()!).GetProperty("role").GetString());

        // signed in here is signed in at the next app, without a word
        Assert.StartsWith(TestApp.Back + "?code=", (await browser.GoAsync(app.Authorize(("prompt", "none")))).Location);
    }

    [Theory, EachDatabase]
    public async Task A_code_and_a_refresh_token_serve_once_also_when_twenty_come_at_once(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");

        var code = (await browser.GoAsync(app.Authorize())).Told["code"];
        var first = (await app.RedeemAsync(code)).Json;
        var second = await app.RedeemAsync(code);
        Assert.Equal((400, "invalid_grant"), (second.Status, second.Json.GetProperty("error").GetString()));
        // RFC 6749 section 4.1.2: what came of it ends
        Assert.Equal(401, (await app.UserInfoAsync(first.GetProperty("access_token").GetString()!)).Status);
        Assert.Equal(400, (await app.RefreshAsync(first.GetProperty("refresh_token").GetString()!)).Status);

        var again = (await browser.GoAsync(app.Authorize())).Told["code"];
        var many = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.RedeemAsync(again)));
        Assert.True(many.Count(a => a.Status == 200) <= 1, string.Join(' ', many.Select(a => a.Status)));
        Assert.All(many, a => Assert.True(a.Status is 200 or 400, $"{a.Status} {a.Body}"));

        var tokens = await AppScene.TokensAsync(app, browser);
        var old = tokens.GetProperty("refresh_token").GetString()!;
        var next = (await app.RefreshAsync(old)).Json;
        Assert.Equal(400, (await app.RefreshAsync(old)).Status);
        // somebody has a copy: the family ends
        Assert.Equal(400, (await app.RefreshAsync(next.GetProperty("refresh_token").GetString()!)).Status);
        Assert.False(await app.IsActiveAsync(next.GetProperty("access_token").GetString()!));

        var last = (await AppScene.TokensAsync(app, browser)).GetProperty("refresh_token").GetString()!;
        var rivals = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.RefreshAsync(last)));
        Assert.True(rivals.Count(a => a.Status == 200) <= 1, string.Join(' ', rivals.Select(a => a.Status)));
        Assert.All(rivals, a => Assert.True(a.Status is 200 or 400, $"{a.Status} {a.Body}"));
    }

    [Theory, EachDatabase]
    public async Task Whoever_may_no_longer_come_in_is_out_of_every_app_at_the_next_request(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");
        var member = await scene.MemberAsync("jo@acme.com");

        var tokens = await AppScene.TokensAsync(app, browser);
        var code = (await browser.GoAsync(app.Authorize())).Told["code"];
        Assert.True(
            (await scene.Server.Service<SuspendMember>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, null, default)).Done
        );
        var refused = await app.RedeemAsync(code);
        Assert.Equal((400, "invalid_grant"), (refused.Status, refused.Json.GetProperty("error").GetString()));
        await AssertOutAsync(app, tokens);
        var page = await browser.GoAsync(app.Authorize());
        Assert.Equal(403, page.Status);
        Assert.Contains("switched off at the moment", page.Body);
        Assert.Equal("access_denied", (await browser.GoAsync(app.Authorize(("prompt", "none")))).Told["error"]);
        Assert.True((await scene.Server.Service<RestoreMember>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, default)).Done);

        // what ended stays ended, and a new sign-in is one
        await AssertOutAsync(app, tokens);
        tokens = await AppScene.TokensAsync(app, browser);
        Assert.True(
            (
                await scene
                    .Server.Service<Membership.Accounts.EndMemberSessions>()
                    .RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, default)
            ).Done
        );
        await AssertOutAsync(app, tokens);
        Assert.Equal("login_required", (await browser.GoAsync(app.Authorize(("prompt", "none")))).Told["error"]);

        scene.Clock.Advance(TimeSpan.FromMinutes(1));
        using var anew = new Browser(scene.Server);
        Assert.StartsWith(TestApp.Back, (await AppScene.SignInAsync(anew, await anew.GoAsync(app.Authorize()), "jo@acme.com")).Location);
        tokens = await AppScene.TokensAsync(app, anew);
        await anew.SubmitAsync(await anew.GetAsync("/workspaces"), "/signout");
        await AssertOutAsync(app, tokens);
    }

    [Theory, EachDatabase]
    public async Task Who_owes_the_terms_of_use_accepts_them_on_the_way_to_an_app_or_goes_back_to_it(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync();
        using var browser = await scene.JoinAsync("jo@acme.com");
        var tokens = await AppScene.TokensAsync(app, browser);
        var now = scene.Workspace.Configuration;
        var terms = now.Terms with { TermsOfUse = "https://acme.test/terms", TermsVersion = 2 };
        Assert.True(
            (
                await scene
                    .Server.Service<Membership.Workspaces.ChangeConfiguration>()
                    .RunAsync(Actor.Operator, scene.Workspace.Id, null, now with { Terms = terms }, default)
            ).Done
        );

        Assert.Equal("interaction_required", (await browser.GoAsync(app.Authorize(("prompt", "none")))).Told["error"]);
        Assert.Equal(400, (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        var page = await browser.GoAsync(app.Authorize());
        Assert.Equal(200, page.Status);
        Assert.Contains("To go on to <b><bdi>Notes</bdi></b>", page.Body);
        var declined = await browser.GoAsync(PageForm.Links(page.Body).Single(l => l.EndsWith("&declined=1", StringComparison.Ordinal)));
        Assert.Contains("stays closed to you until you accept", declined.Body);
        var back = PageForm.Links(declined.Body).Single(l => l.EndsWith("&denied=1", StringComparison.Ordinal));
        Assert.Equal("access_denied", (await browser.GoAsync(back)).Told["error"]);

        page = await browser.GoAsync(app.Authorize());
        var accepted = await browser.SubmitAsync(page, "/w/acme/terms", ("terms", "2"));
        Assert.Contains("code", accepted.Told.Keys);
        // what was refused is as before
        Assert.Equal(200, (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        Assert.NotEmpty((await AppScene.TokensAsync(app, browser)).GetProperty("refresh_token").GetString()!);
    }

    [Theory, EachDatabase]
    public async Task Of_somebody_who_is_erased_nothing_is_kept_of_what_apps_were_given(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(s => s with { RequireConsent = true });
        using var browser = await scene.JoinAsync("jo@acme.com");
        Assert.Contains("code=", (await browser.SubmitAsync(await browser.GoAsync(app.Authorize()), "/connect/consent")).Location);
        var member = await scene.MemberAsync("jo@acme.com");
        Assert.True((await scene.Server.Service<RemoveMember>().RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, default)).Done);
        Assert.True(
            (
                await scene
                    .Server.Service<Membership.Retention.ErasePerson>()
                    .RunAsync(Actor.Operator, scene.Workspace.Id, member.Id, default)
            ).Done
        );
        await using var db = scene.Server.Store.Read();
        Assert.Empty(db.AppGrants.Select(g => g.Id).ToList());
        Assert.Empty(db.AppTokens.Where(t => t.Subject == member.AccountId.ToString()).Select(t => t.Id).ToList());
    }

    private static async Task AssertOutAsync(TestApp app, System.Text.Json.JsonElement tokens)
    {
        var access = tokens.GetProperty("access_token").GetString()!;
        Assert.Equal(400, (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
        Assert.Equal(401, (await app.UserInfoAsync(access)).Status);
        Assert.False(await app.IsActiveAsync(access));
    }

    /// <summary>An ID token as a careful app checks it, with the keys that are published.</summary>
    internal static async Task<JsonWebToken> CheckedAsync(AppScene scene, TestApp app, string token)
    {
        using var http = new HttpClient { BaseAddress = scene.Server.PublicUrl };
        var document = System.Text.Json.JsonDocument.Parse(await http.GetStringAsync("/.well-known/openid-configuration")).RootElement;
        var keys = new JsonWebKeySet(await http.GetStringAsync(document.GetProperty("jwks_uri").GetString()));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(
            token,
            new()
            {
                ValidIssuer = document.GetProperty("issuer").GetString(),
                ValidAudience = app.Id,
                IssuerSigningKeys = keys.GetSigningKeys(),
                LifetimeValidator = (from, until, _, _) =>
                    (from ?? until) is not null
                    && (from is null || from <= scene.Clock.Now.UtcDateTime)
                    && until > scene.Clock.Now.UtcDateTime,
            }
        );
        Assert.True(result.IsValid, result.Exception?.ToString());
        Assert.Equal(SecurityAlgorithms.RsaSha256, ((JsonWebToken)result.SecurityToken).Alg);
        return (JsonWebToken)result.SecurityToken;
    }
}
