using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The same site in a browser that runs no script.</summary>
public class WithoutScriptTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    public async Task Sign_in_invite_filter_change_a_role_and_remove(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var page = await site.NewPageAsync(script: false);
        await page.GotoAsync("/w/acme/members");
        await page.GetByLabel("E-mail address or user name").FillAsync(Site.Ada);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Site.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme/members");

        await page.GetByRole(AriaRole.Link, new() { Name = "Invite member" }).ClickAsync();
        await page.GetByLabel("E-mail addresses").FillAsync("alan@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        var link = await page.Locator("#link-0").InputValueAsync();
        var guest = await site.NewPageAsync(script: false);
        await guest.GotoAsync(link);
        await guest.Locator("#create").GetByLabel("First name").FillAsync("Alan");
        await guest.Locator("#create").GetByLabel("Last name").FillAsync("Turing");
        await guest.Locator("#create").GetByLabel("E-mail address or user name").FillAsync("alan@example.com");
        await guest.Locator("#create").GetByLabel("New password", new() { Exact = true }).FillAsync(Site.Password);
        await guest.GetByRole(AriaRole.Button, new() { Name = "Create account and join" }).ClickAsync();
        await Expect(guest).ToHaveURLAsync(site.Server.PublicUrl + "w/acme");

        await page.GotoAsync("/w/acme/members");
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search members" }).FillAsync("hopper");
        await page.GetByLabel("Status", new() { Exact = true }).SelectOptionAsync("active");
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("1 member");
        await page.GetByLabel("Role of Grace Hopper").SelectOptionAsync("viewer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("Grace Hopper is now Viewer.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Open" }).ClickAsync(); // all that can be done stands on the person's page
        await page.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove member" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Remove Grace Hopper?" }).First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove member" }).ClickAsync();
        await page.GotoAsync("/w/acme/members?status=removed");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" })).ToBeVisibleAsync();
        await Artifacts.Screenshot(page, "without-script-members");
    }
}
