using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Pages;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Apps;

/// <summary>
/// An app of a workspace that demands a second factor: the person sets one up, or proves it, on pages that name the app, and the app gets
/// its code and learns of both factors.
/// </summary>
public class AppSecondFactorTests(BrowserSession browser)
{
    private const string Grace = "grace@example.com";
    private const string OnTheWay = "To go on to Notes of Acme";

    [Theory, EachDatabase]
    public async Task Who_owes_a_second_factor_pays_it_on_the_way_to_an_app_which_learns_of_both(Database kind)
    {
        var clock = new HandClock(TimeProvider.System.GetUtcNow());
        await using var site = await Site.StartAsync(browser, kind, time: clock);
        var (_, member) = await site.JoinAsync(Grace, "viewer", "Grace", "Hopper");
        await SecondFactorTests.RequireAsync(site);
        var url = FreePort.Url();
        var settings = new ClientSettings
        {
            ClientName = "Notes",
            RedirectUris = [url + "/back"],
            RequireClientSecret = false,
            RequireConsent = false,
            AllowOfflineAccess = true,
            AllowedScopes = AppScopeNames.All,
        };
        var made = await site.Server.Service<CreateClient>().RunAsync(Actor.Operator, site.Workspace.Id, "notes", settings, default);
        Assert.True(made.Done, made.Refusal?.Message);
        await using var app = await BrowserApp.StartAsync(url, site.Server.PublicUrl.ToString().TrimEnd('/'), "notes");

        var page = await ComeAsync(site, app);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set up a second factor" })).ToBeVisibleAsync();
        await NamedAsync(site, page, "app-second-set-up");
        await page.GetByRole(AriaRole.Link, new() { Name = "Passkey on this device" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Make the passkey" })).ToBeVisibleAsync();
        await NamedAsync(site, page, "app-passkey-new");
        await page.GetByRole(AriaRole.Link, new() { Name = "Choose another way" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Authenticator app" }).ClickAsync();
        await NamedAsync(site, page, "app-totp-set-up");
        var shown = await page.Locator("#totp-key").InputValueAsync();
        await page.GetByLabel("Code from the app").FillAsync("000000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Expect(page.Locator(".field-error").First).ToContainTextAsync("not right");
        await Expect(page.Locator("#totp-key")).ToHaveValueAsync(shown);
        await NamedAsync(site, page, "app-totp-wrong");
        var key = SecondFactorTests.FromBase32(shown.Replace(" ", "", StringComparison.Ordinal));
        await page.GetByLabel("Code from the app").FillAsync(Totp.Code(key, Totp.StepAt(clock.Now)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your recovery codes" })).ToBeVisibleAsync();
        await NamedAsync(site, page, "app-recovery-codes");
        await page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await ToldAsync(page, app, member.AccountId.ToString()!);
        Assert.Empty(site.Complaints(page));

        // another browser: the factor is there, and asked for
        clock.Advance(TimeSpan.FromSeconds(30));
        var second = await ComeAsync(site, app);
        await Expect(second.GetByRole(AriaRole.Heading, new() { Name = "Confirm it is you" })).ToBeVisibleAsync();
        await NamedAsync(site, second, "app-second");
        await second.GetByLabel("Code").FillAsync("000000");
        await second.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Expect(second.Locator(".field-error").First).ToContainTextAsync("not right");
        await NamedAsync(site, second, "app-second-wrong");
        await second.GetByLabel("Code").FillAsync(Totp.Code(key, Totp.StepAt(clock.Now)));
        await second.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await ToldAsync(second, app, member.AccountId.ToString()!);
        Assert.Empty(site.Complaints(second));
    }

    private static async Task<IPage> ComeAsync(Site site, BrowserApp app)
    {
        var page = await site.NewPageAsync();
        await page.GotoAsync(app.Url + "/");
        await page.EvaluateAsync("() => { um.signinRedirect() }");
        await SecondFactorTests.SignInAsync(page, Grace);
        return page;
    }

    private static async Task NamedAsync(Site site, IPage page, string picture)
    {
        await Expect(page.Locator(".for-app")).ToHaveTextAsync(OnTheWay);
        await Looks.Good(site, page, picture);
    }

    private static async Task ToldAsync(IPage page, BrowserApp app, string subject)
    {
        await page.WaitForURLAsync(app.Url + "/back?code=**");
        var token = await page.EvaluateAsync<string>("async () => (await um.signinRedirectCallback()).id_token");
        var told = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).RootElement;
        Assert.Equal((subject, "2"), (told.GetProperty("sub").GetString(), told.GetProperty("acr").GetString()));
        Assert.Equal(["mfa", "otp", "pwd"], told.GetProperty("amr").EnumerateArray().Select(a => a.GetString()).Order());
    }
}
