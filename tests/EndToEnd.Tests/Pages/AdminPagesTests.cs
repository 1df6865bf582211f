using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Every admin page as people see it: see <see cref="Looks"/>.</summary>
[Collection(nameof(Acme))]
public class AdminPagesTests(BrowserSession browser, Acme acme)
{
    /// <summary>The pages of a company of sixty, in parts that are looked at beside each other: path and name of the picture.</summary>
    private static readonly Dictionary<string, Func<Acme, (string Path, string Name)[]>> Parts = new()
    {
        ["members"] = acme =>
            [
                ("/members", "members"),
                ("/members?status=invited", "members-invited"),
                ("/members?q=zzzz", "members-none"),
                ("/members?status=removed", "members-removed"),
                ("/directory", "directory"),
                ("/api-keys", "api-keys"),
                ("/audit", "audit"),
                ("/settings", "settings"),
            ],
        ["a member"] = acme =>
            [
                ($"/members/{acme.Amara.Id}", "member"),
                ($"/members/{acme.Grace.Id}", "member-grace"),
                ($"/members/{acme.Ada.Id}", "member-me"),
                ($"/members/{acme.Suspended.Id}", "member-suspended"),
                ($"/members/{acme.LongNamed.Id}", "member-long-name"),
                ($"/members/{acme.Open.Invitation.MemberId}", "member-invited"),
                ($"/members/{acme.Amara.Id}/remove", "member-remove"),
            ],
        ["invitations and groups"] = acme =>
            [
                ("/invite", "invite"),
                ("/invitations", "invitations"),
                ("/invitations?all=1", "invitations-all"),
                ($"/invitations/{acme.Open.Invitation.Id}/revoke", "invitation-revoke"),
                ("/groups", "groups"),
                ($"/groups/{acme.Groups.Directory}", "group-of-directory"),
                ($"/groups/{acme.Groups.Own}", "group-own"),
                ($"/groups/{acme.Groups.Own}/delete", "group-delete"),
            ],
    };

    [Theory]
    [InlineData("members")]
    [InlineData("a member")]
    [InlineData("invitations and groups")]
    public async Task Pages_of_a_company_of_sixty_look_right(string part)
    {
        var page = await acme.Site.AdminPageAsync();
        foreach (var (path, name) in Parts[part](acme))
        {
            var answer = await page.GotoAsync("/w/acme" + path);
            Assert.Equal(200, answer!.Status);
            await Looks.Good(acme.Site, page, "admin-" + name);
        }

        if (part == "a member")
        {
            Assert.Equal(404, (await page.GotoAsync("/w/acme/members/00000000-0000-7000-8000-000000000000"))!.Status);
            await Looks.Good(acme.Site, page, "admin-member-gone");
        }
    }

    [Fact]
    public async Task Pages_of_somebody_alone_look_right()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.AdminPageAsync();
        await Looks.Good(site, page, "alone-members");
        await page.GotoAsync("/w/acme/invitations");
        await Looks.Good(site, page, "alone-invitations");
        await page.GotoAsync("/w/acme/groups");
        await Looks.Good(site, page, "alone-groups");
    }

    [Fact]
    public async Task A_directory_that_is_set_up_badly_looks_right()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.AdminPageAsync(path: "/w/acme/directory");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Microsoft Entra");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create token" }).ClickAsync();
        await Expect(page.Locator("#token")).ToBeVisibleAsync();
        using (
            var patch = new HttpRequestMessage(HttpMethod.Patch, "/scim/v2/acme/Users/0198a000-0000-7000-8000-000000000000")
            {
                Headers = { Authorization = new("Bearer", await page.Locator("#token").InputValueAsync()) },
                Content = new StringContent(
                    """{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}""",
                    System.Text.Encoding.UTF8,
                    "application/scim+json"
                ),
            }
        )
        {
            await site.Server.Client.SendAsync(patch);
        }

        await page.GotoAsync("/w/acme/directory");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("older PATCH dialect");
        await Looks.Good(site, page, "act-directory-speaks");
    }

    [Fact]
    public async Task In_a_narrow_window_navigation_and_filters_open_on_demand_by_keyboard_too()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.AdminPageAsync(path: "/w/acme/settings/roles");
        var menu = page.Locator(".nav-menu > summary");
        await Expect(menu).ToBeHiddenAsync();
        await page.SetViewportSizeAsync(375, 800);
        await Expect(menu).ToContainTextAsync("Settings");
        var audit = page.GetByRole(AriaRole.Link, new() { Name = "Audit log" });
        await Expect(audit).ToBeHiddenAsync();
        await menu.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(audit).ToBeVisibleAsync();
        await Looks.Good(site, page, "narrow-menu");
        await page.SetViewportSizeAsync(375, 800);
        await audit.ClickAsync();
        await Expect(menu).ToContainTextAsync("Audit log");

        await page.GotoAsync("/w/acme/members");
        var status = page.GetByLabel("Status", new() { Exact = true });
        await Expect(status).ToBeHiddenAsync();
        await page.Locator(".search-fold > summary").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await status.SelectOptionAsync("suspended");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("status=suspended"));
        await page.ReloadAsync();
        await Expect(status).ToBeVisibleAsync(); // a filter in force is seen
    }

    [Fact]
    public async Task What_an_act_leaves_looks_right()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.AdminPageAsync(path: "/w/acme/invite");
        await page.GetByLabel("E-mail addresses").FillAsync("alan@example.com, not an address, grace@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("2 of 3");
        await Looks.Good(site, page, "act-invited");
        await page.ReloadAsync(); // asks nothing and repeats nothing: the links stand there still
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("2 of 3");
        await Expect(page.GetByRole(AriaRole.Textbox, new() { Name = "Invitation link of alan@example.com" })).ToBeVisibleAsync();

        await page.GotoAsync("/w/acme/invite");
        await page.GetByLabel("E-mail addresses").FillAsync("alan@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToBeVisibleAsync();
        await Looks.Good(site, page, "act-invite-refused");

        page = await site.AdminPageAsync(path: "/w/acme/directory");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Microsoft Entra");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create token" }).ClickAsync();
        await Expect(page.Locator("#token")).ToBeVisibleAsync();
        await Looks.Good(site, page, "act-token");
        await page.GetByRole(AriaRole.Link, new() { Name = "Revoke Microsoft Entra" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Looks.Good(site, page, "act-revoke-dialog");

        await page.GotoAsync("/w/acme/api-keys");
        await page.GetByLabel("Name", new() { Exact = true })
            .FillAsync("Payroll of the whole company, nightly, from the data centre in Frankfurt");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create key" }).ClickAsync();
        await Expect(page.Locator("#key")).ToBeVisibleAsync();
        await Looks.Good(site, page, "act-key");

        // a browser that loads the answer again posts the form again
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "This was made already" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "act-key-again");
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the page" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Revoke Payroll" })).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Link, new() { Name = "Revoke Payroll" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Looks.Good(site, page, "act-key-revoke-dialog");

        await page.GotoAsync("/w/acme/settings");
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Valid for how many days" }).FillAsync("many");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview the change" }).ClickAsync();
        await Expect(page.Locator(".field-error")).ToBeVisibleAsync();
        await Looks.Good(site, page, "act-settings-refused");
    }
}
