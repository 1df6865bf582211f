using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>
/// Second factors and sessions in a real browser: the app's code, a passkey by the browser's virtual authenticator, the admin's reset.
/// </summary>
public class SecondFactorTests(BrowserSession browser)
{
    private const string Grace = "grace@example.com";

    [Fact]
    public async Task A_passkey_is_made_signs_in_alone_and_is_the_second_factor_after_a_password()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var (session, _) = await site.JoinAsync(Grace, "viewer", "Grace", "Hopper");
        var page = await site.SignedInPageAsync(session, path: "/profile/security");
        await AuthenticatorAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Add a passkey" }).ClickAsync();
        await Looks.Good(site, page, "passkey-new");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Blue phone");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the passkey" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Your recovery codes" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "recovery-codes");
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Button, new() { Name = "Download" }).ClickAsync()
        );
        Assert.Equal(10, Regex.Count(await File.ReadAllTextAsync(await download.PathAsync()), "(?m)^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$"));
        await page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await Looks.Good(site, page, "security");
        await page.GetByRole(AriaRole.Link, new() { Name = "Blue phone" }).ClickAsync();
        await Looks.Good(site, page, "passkey");

        await SignOutAsync(page);
        await Looks.Good(site, page, "signin-passkey");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with a passkey" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme");

        await SignOutAsync(page);
        await SignInAsync(page, Grace);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Confirm it is you" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "second-passkey");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme");
        Assert.Empty(site.Complaints(page));
    }

    [Fact]
    [Shows("S0-39", "S0-45")]
    public async Task A_workspace_asks_for_a_factor_the_app_is_set_up_and_an_admin_resets_it()
    {
        var clock = new HandClock(TimeProvider.System.GetUtcNow());
        await using var site = await Site.StartAsync(browser, Database.Sqlite, time: clock);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        var (_, grace) = await site.JoinAsync(Grace, "viewer", "Grace", "Hopper");
        var page = await site.NewPageAsync();
        await RequireAsync(site);
        await page.GotoAsync("/signin?returnUrl=/w/acme");
        await SignInAsync(page, Grace);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set up a second factor" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "second-set-up");
        await page.GetByRole(AriaRole.Button, new() { Name = "Authenticator app" }).ClickAsync();
        await Looks.Good(site, page, "totp-set-up");
        var key = FromBase32((await page.Locator("#totp-key").InputValueAsync()).Replace(" ", "", StringComparison.Ordinal));
        await page.GetByLabel("Code from the app").FillAsync("000000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await Assertions.Expect(page.Locator(".field-error").First).ToContainTextAsync("not right");
        await page.GetByLabel("Code from the app").FillAsync(Totp.Code(key, Totp.StepAt(clock.Now)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn on" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "I have kept them" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme");

        await SignOutAsync(page);
        await SignInAsync(page, Grace);
        await page.GetByLabel("Code").FillAsync(Totp.Code(key, Totp.StepAt(clock.Now)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Assertions.Expect(page.Locator(".field-error").First).ToContainTextAsync("used already");
        await Looks.Good(site, page, "second-code-used");
        clock.Advance(TimeSpan.FromSeconds(30));
        await page.GetByLabel("Code").FillAsync(Totp.Code(key, Totp.StepAt(clock.Now)));
        await page.GetByRole(AriaRole.Button, new() { Name = "Confirm" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme");
        await page.GotoAsync("/profile/sessions");
        await Assertions.Expect(page.GetByText("This browser")).ToBeVisibleAsync();
        await Looks.Good(site, page, "sessions");

        await RequireAsync(site, MfaPolicy.Optional);
        var admin = await site.AdminPageAsync(path: $"/w/acme/members/{grace.Id}");
        await Looks.Good(site, admin, "member-sign-in");
        clock.Advance(TimeSpan.FromMinutes(6));
        await admin.GetByRole(AriaRole.Link, new() { Name = "Reset MFA" }).Last.ClickAsync();
        await Assertions.Expect(admin.GetByRole(AriaRole.Heading, new() { Name = "Prove that it is you" })).ToBeVisibleAsync();
        await Looks.Good(site, admin, "again");
        await admin.GetByLabel("Password", new() { Exact = true }).FillAsync(Site.Password);
        await admin.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Looks.Good(site, admin, "reset-mfa");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Reset MFA" }).ClickAsync();
        await Assertions.Expect(admin.GetByText("is reset, and they are signed out everywhere")).ToBeVisibleAsync();

        await RequireAsync(site);
        await page.GotoAsync("/w/acme");
        await SignInAsync(page, Grace);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Set up a second factor" })).ToBeVisibleAsync();
    }

    internal static async Task RequireAsync(Site site, MfaPolicy policy = MfaPolicy.Required)
    {
        await using var db = site.Server.Store.Read();
        var now = WorkspaceContext.Of(db, db.Workspaces.Single(w => w.Id == site.Workspace.Id));
        _ = (
            await site
                .Server.Service<ChangeConfiguration>()
                .RunAsync(
                    Actor.Operator,
                    now.Id,
                    now.Row.Version,
                    now.Configuration with
                    {
                        SignIn = now.Configuration.SignIn with { Mfa = policy },
                    },
                    default
                )
        ).Value;
    }

    internal static async Task AuthenticatorAsync(IPage page)
    {
        var tools = await page.Context.NewCDPSessionAsync(page);
        await tools.SendAsync("WebAuthn.enable");
        await tools.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new()
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
    }

    private static async Task SignOutAsync(IPage page)
    {
        await page.GotoAsync("/workspaces");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(page.GetByText("You are signed out")).ToBeVisibleAsync();
    }

    internal static async Task SignInAsync(IPage page, string login)
    {
        await page.GetByLabel("E-mail address or user name").FillAsync(login);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Site.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    internal static byte[] FromBase32(string text)
    {
        var bits = string.Concat(
            text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0'))
        );
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
