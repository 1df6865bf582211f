using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Accounts;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Every page of the sign-in door as people see it: see <see cref="Looks"/>.</summary>
[Collection(nameof(Acme))]
public class SignInPagesTests(BrowserSession browser, Acme acme)
{
    [Fact]
    public async Task Pages_for_somebody_unknown_look_right()
    {
        var site = acme.Site;
        var page = await site.NewPageAsync();
        await ShowAsync(site, page, "/signin", "signin");
        await ShowAsync(site, page, "/forgot", "forgot");
        await ShowAsync(site, page, acme.AdminLink, "enter");
        await ShowAsync(site, page, site.Server.Links.Invitation(acme.Open.LinkSecret), "invite");
        await ShowAsync(site, page, site.Server.Links.Invitation(acme.Google.LinkSecret), "invite-google");
        foreach (var (state, secret) in acme.Closed)
        {
            await ShowAsync(site, page, site.Server.Links.Invitation(secret), $"invite-{state}", 410);
        }

        await ShowAsync(site, page, "/enter/not-a-secret", "enter-over", 404);
        await ShowAsync(site, page, "/nowhere", "not-found", 404);
    }

    [Fact]
    public async Task A_wrong_password_and_a_weak_one_are_told_in_place()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        var page = await site.NewPageAsync();
        await page.GotoAsync("/signin");
        await page.GetByLabel("E-mail address or user name").FillAsync(Site.Ada);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("not this one");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByLabel("E-mail address or user name")).ToHaveValueAsync(Site.Ada);
        await Looks.Good(site, page, "signin-wrong");

        await page.GotoAsync("/forgot");
        await page.GetByLabel("E-mail address or user name").FillAsync(Site.Ada);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send the link" }).ClickAsync();
        await Looks.Good(site, page, "forgot-sent");
        await page.GotoAsync(await MailedLinkAsync(site));
        await Looks.Good(site, page, "reset");
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync("password");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set password" }).ClickAsync();
        await Assertions.Expect(page.Locator(".field-error")).ToBeVisibleAsync();
        await Looks.Good(site, page, "reset-weak");
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync("another long battery staple");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set password" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The new password is set")).ToBeVisibleAsync();
        await page.GetByLabel("E-mail address or user name").FillAsync(Site.Ada);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync("another long battery staple");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme/members");
    }

    [Fact]
    public async Task Pages_of_somebody_signed_in_look_right()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        var (session, _) = await site.JoinAsync("grace@example.com", "viewer");
        var page = await site.SignedInPageAsync(session, path: "/w/acme/profile");
        await Looks.Good(site, page, "profile");
        await ShowAsync(site, page, "/password", "password");

        var other = await Site.NewWorkspaceAsync(site.Server, "globex", "Globex Corporation of Northern and Central Europe");
        var invitation = await site.InviteAsync("grace@example.com", "viewer", into: other);
        await ShowAsync(site, page, site.Server.Links.Invitation(invitation.LinkSecret), "invite-signed-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Join as" }).ClickAsync();
        await ShowAsync(site, page, "/workspaces", "workspaces");
        await ShowAsync(site, page, "/w/acme", "home");
        await page.GetByRole(AriaRole.Button, new() { Name = "Workspace Acme" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Globex" }).First).ToBeVisibleAsync();

        var forOthers = await site.InviteAsync("somebody@example.com", "viewer");
        await ShowAsync(site, page, site.Server.Links.Invitation(forOthers.LinkSecret), "invite-other-account");
        await ShowAsync(site, page, "/w/acme/members", "forbidden", 403);

        var alone = await site
            .Server.Service<CreateLocalAccount>()
            .RunAsync(forOthers.LinkSecret, "somebody@example.com", "Somebody", Site.Password, Browser.Unknown, default);
        await ShowAsync(site, await site.SignedInPageAsync(alone.Value, path: "/workspaces"), "/workspaces", "workspaces-none");
    }

    private static async Task ShowAsync(Site site, IPage page, string path, string name, int status = 200)
    {
        var answer = await page.GotoAsync(path);
        Assert.Equal(status, answer!.Status);
        await Looks.Good(site, page, "identity-" + name);
    }

    private static Task<string> MailedLinkAsync(Site site) =>
        Until.FoundAsync(
            () => site.Server.Mails.SelectMany(m => m.Links).FirstOrDefault(l => l.Contains("/reset/", StringComparison.Ordinal)),
            "a mail with a reset link"
        );
}
