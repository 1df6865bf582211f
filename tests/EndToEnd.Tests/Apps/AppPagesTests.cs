using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Apps;

/// <summary>What a person sees between an app and its code, and an app that runs in the browser itself; one server for all.</summary>
public class AppPagesTests(BrowserSession browser)
{
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Theory, EachDatabase]
    public async Task Oidc_client_ts_signs_in_refreshes_and_signs_out_and_every_page_on_the_way_looks_right(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var url = FreePort.Url();
        var issuer = site.Server.PublicUrl.ToString().TrimEnd('/');
        var settings = new ClientSettings
        {
            ClientName = "Notes for everybody in the house",
            RedirectUris = [url + "/back"],
            PostLogoutRedirectUris = [url + "/out"],
            RequireClientSecret = false,
            RequireConsent = false,
            AllowOfflineAccess = true,
            AllowedScopes = AppScopeNames.All,
        };
        await site.DefineAsync(new CustomAttribute { Name = "costCenter" });
        await RegisterAsync(site, "spa", settings);
        await RegisterAsync(site, "asks", settings with { RequireConsent = true, Attributes = ["costCenter"] });
        await RegisterAsync(site, "seats", settings with { NeedsSeat = true });
        await using var app = await BrowserApp.StartAsync(url, issuer, "spa");
        await ByOidcClientAsync(site, app);
        if (kind == Database.Sqlite)
        {
            await LooksAsync(site, app); // made of the same rows on the other
        }
    }

    private static async Task ByOidcClientAsync(Site site, BrowserApp app)
    {
        var (_, member) = await site.JoinAsync("grace@example.com", "member", "Grace", "Hopper");
        var page = await site.NewPageAsync();
        await page.GotoAsync(app.Url + "/");
        await page.EvaluateAsync("() => { um.signinRedirect() }");
        await Assertions.Expect(page.Locator(".for-app")).ToHaveTextAsync("To go on to Notes for everybody in the house");
        await Looks.Good(site, page, "app-signin");
        await page.GetByLabel("E-mail address or user name").FillAsync("grace@example.com");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Site.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.WaitForURLAsync(app.Url + "/back?**");
        var first = await page.EvaluateAsync<JsonElement>("async () => told(await um.signinRedirectCallback())");
        Assert.Equal(member.AccountId.ToString(), first.GetProperty("sub").GetString());
        Assert.Equal(("Grace Hopper", "member"), (first.GetProperty("name").GetString(), first.GetProperty("role").GetString()));
        var second = await page.EvaluateAsync<JsonElement>("async () => told(await um.signinSilent())");
        Assert.Equal(member.AccountId.ToString(), second.GetProperty("sub").GetString());
        Assert.NotEqual(first.GetProperty("token").GetString(), second.GetProperty("token").GetString());

        // a page of another origin sends what it likes and reads nothing
        var foreign = await site.NewPageAsync();
        await foreign.GotoAsync(app.Url.Replace("localhost", "127.0.0.1", StringComparison.Ordinal) + "/");
        var read = await foreign.EvaluateAsync<string>(
            "async ([url, token]) => fetch(url, { headers: { authorization: 'Bearer ' + token } }).then(a => a.text(), e => e.name)",
            new[] { site.Server.PublicUrl + "connect/userinfo", second.GetProperty("token").GetString()! }
        );
        Assert.Equal("TypeError", read);

        await page.EvaluateAsync("() => { um.signoutRedirect() }");
        await page.WaitForURLAsync(app.Url + "/out**");
        Assert.True(await page.EvaluateAsync<bool>("async () => await um.getUser() === null"));
        await page.GotoAsync("/workspaces");
        await Assertions.Expect(page.GetByLabel("E-mail address or user name")).ToBeVisibleAsync();
        Assert.Empty(site.Complaints(page));
    }

    private static async Task LooksAsync(Site site, BrowserApp app)
    {
        var (session, _) = await site.JoinAsync("vera@example.com", "viewer", "Vera", "Lindqvist");
        var page = await site.SignedInPageAsync(session);
        string Ask(string client, params (string Name, string Value)[] more) =>
            "/connect/authorize"
            + QueryHelpers.AddQueryString(
                "",
                new Dictionary<string, string?>
                {
                    ["client_id"] = client,
                    ["redirect_uri"] = app.Url + "/back",
                    ["response_type"] = "code",
                    ["scope"] = "openid profile email workspace groups offline_access",
                    ["code_challenge"] = Challenge,
                    ["code_challenge_method"] = "S256",
                }.Concat(more.Select(m => KeyValuePair.Create(m.Name, (string?)m.Value)))
            );

        await page.GotoAsync(Ask("asks"));
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Agree" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "app-consent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Agree" }).ClickAsync();
        await page.WaitForURLAsync(app.Url + "/back?code=**");

        await page.GotoAsync(Ask("seats"));
        await Assertions.Expect(page.GetByText("needs a seat")).ToBeVisibleAsync();
        await Looks.Good(site, page, "app-refused");

        await page.GotoAsync(Ask("spa", ("prompt", "select_account")));
        await Looks.Good(site, page, "app-account");

        await page.GotoAsync("/connect/endsession");
        await Looks.Good(site, page, "app-signout");

        var other = await Site.NewWorkspaceAsync(site.Server, "globex", "Globex Corporation of Northern and Central Europe");
        var invited = await site.InviteAsync("vera@example.com", "viewer", into: other);
        await page.GotoAsync(site.Server.Links.Invitation(invited.LinkSecret));
        await page.GetByRole(AriaRole.Button, new() { Name = "Join as" }).ClickAsync();
        await page.GotoAsync(Ask("spa"));
        await Looks.Good(site, page, "app-workspaces");
        await page.GetByRole(AriaRole.Link, new() { Name = "Globex" }).ClickAsync();
        await page.WaitForURLAsync(app.Url + "/back?code=**");

        // the one page that posts to another site: by itself, and by its button where no script runs
        await page.GotoAsync(Ask("spa", ("response_mode", "form_post"), ("state", "s"), ("workspace", "globex")));
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Posted");
        await Assertions.Expect(page.GetByRole(AriaRole.Paragraph)).ToHaveTextAsync("code iss state");
        Assert.Empty(site.Complaints(page));
        var plain = await site.SignedInPageAsync(session, script: false);
        await plain.GotoAsync(Ask("spa", ("response_mode", "form_post"), ("state", "s"), ("workspace", "globex")));
        await Artifacts.Screenshot(plain, "app-form-post");
        await plain.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Assertions.Expect(plain.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Posted");
    }

    private static async Task RegisterAsync(Site site, string id, ClientSettings settings)
    {
        var made = await site.Server.Service<CreateClient>().RunAsync(Actor.Operator, (Id<Workspace>?)null, id, settings, default);
        Assert.True(made.Done, made.Refusal?.Message);
    }
}
