using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Walk;

/// <summary>The first start of the built server, as somebody who just cloned it meets it.</summary>
public class FirstStartTests(BrowserSession browser)
{
    [Fact]
    public async Task The_printed_link_leads_to_the_member_list()
    {
        await using var server = new HostProcess();
        await server.StartAsync();
        var page = await browser.NewPageAsync(server.Url);
        await page.GotoAsync(await server.UntilPrintedAsync("Admin sign-in: "));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(Site.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Set password" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(server.Url + "/w/acme/profile"); // nobody has said yet what they are called
        await page.GetByLabel("First name").FillAsync("Ada");
        await page.GetByLabel("Last name").FillAsync("Lovelace");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(server.Url + "/w/acme/members");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Ada Lovelace", Exact = true })).ToBeVisibleAsync();

        using var scim = Site.ScimClient(await server.UntilPrintedAsync("SCIM base URL: "), await server.UntilPrintedAsync("SCIM token: "));
        using var body = Site.ScimUser("grace@example.com", "Grace", "Hopper");
        using var answer = await scim.PostAsync(new Uri("Users", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Your account" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByText("You are signed out.")).ToBeVisibleAsync();
        await page.GetByLabel("E-mail address or user name").FillAsync("admin@acme.example");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Site.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(page).ToHaveURLAsync(server.Url + "/w/acme/members");
        Assert.Empty(browser.Complaints(page));
    }
}
