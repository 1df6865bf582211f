using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The pages about apps, as admins see and use them: see <see cref="Looks"/>.</summary>
public class AppPagesTests(BrowserSession browser)
{
    private const string LongName = "Expense reports of the subsidiary for Europe, the Middle East and Africa, with a long name";

    [Fact]
    public async Task An_admin_adds_tries_and_removes_an_app()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        var page = await site.AdminPageAsync(path: "/w/acme/apps");
        await Looks.Good(site, page, "apps-empty");

        await page.GetByRole(AriaRole.Button, new() { Name = "Add app" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Web app" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Add a web app");
        await Looks.Good(site, page, "apps-new");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(LongName);
        await page.GetByRole(AriaRole.Textbox, new() { Name = "Start page" })
            .FillAsync("https://expenses.example.com/a/rather/long/address/to/begin/at?and=a&long=query");
        await page.GetByLabel("Redirect addresses").FillAsync("http://expenses.example.com/cb\nhttps://expenses.example.com/cb#top");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add app" }).ClickAsync();
        await Expect(page.Locator(".field-error")).ToContainTextAsync("http is for localhost alone");
        await Expect(page.Locator(".field-error")).ToContainTextAsync("an address has no fragment");
        await Looks.Good(site, page, "apps-new-refused");

        await page.GetByLabel("Redirect addresses").FillAsync("https://expenses.example.com/cb");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add app" }).ClickAsync();
        await Expect(page.Locator("#secret")).ToBeVisibleAsync();
        Assert.StartsWith("umapp_", await page.Locator("#secret").InputValueAsync(), StringComparison.Ordinal);
        await Looks.Good(site, page, "apps-issued");
        await page.GetByRole(AriaRole.Link, new() { Name = "Done" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table)).ToContainTextAsync("Signs people in");

        await page.GetByRole(AriaRole.Link, new() { Name = LongName }).First.ClickAsync();
        await Expect(page.Locator("#client-id")).ToBeVisibleAsync();
        await Looks.Good(site, page, "apps-edit");
        await page.GetByRole(AriaRole.Link, new() { Name = "Test sign-in" }).ClickAsync();
        await Expect(page.GetByText("You would get in")).ToBeVisibleAsync();
        await Expect(page.GetByText("ada@example.com").First).ToBeVisibleAsync();
        await Looks.Good(site, page, "apps-test");
        await page.GetByRole(AriaRole.Link, new() { Name = "Back to the settings" }).ClickAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Nobody is signed in through it now");
        await Looks.Good(site, page, "apps-remove");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Remove app" }).ClickAsync();
        await Expect(page.GetByText("No app yet")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Somebody_finds_their_apps_at_home_and_withdraws_from_one()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var (session, member) = await site.JoinAsync("grace@example.com", "viewer", "Grace", "Hopper");
        var create = site.Server.Service<CreateClient>();
        var notes = new ClientSettings
        {
            ClientName = "Notes",
            RedirectUris = ["https://notes.example.com/cb"],
            ClientUri = "https://notes.example.com",
        };
        var asked = (await create.RunAsync(Actor.Operator, site.Workspace.Id, "notes", notes, default)).Value.Row;
        await create.RunAsync(Actor.Operator, null, "long", notes with { ClientName = LongName, NeedsSeat = true }, default);
        await site.Server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "app.granted",
            attempt =>
            {
                attempt.Changes.Add(
                    new AppGrant
                    {
                        Id = Guid.CreateVersion7(),
                        ApplicationId = asked.Id,
                        AccountId = member.AccountId,
                        WorkspaceId = site.Workspace.Id,
                        Scopes = """["profile","email"]""",
                        Status = "valid",
                        Type = "permanent",
                        CreationDate = attempt.At.UtcDateTime,
                    }
                );
                return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
            },
            default
        );
        var page = await site.SignedInPageAsync(session, path: "/w/acme");
        await Expect(page.GetByRole(AriaRole.Table)).ToContainTextAsync("This app needs a seat");
        await Looks.Good(site, page, "apps-home");
        await page.GotoAsync("/w/acme/my-apps");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Notes" })).ToHaveAttributeAsync("href", "https://notes.example.com");
        await Looks.Good(site, page, "apps-mine");
        await page.GetByRole(AriaRole.Button, new() { Name = "Withdraw from Notes" }).ClickAsync();
        await Expect(page.GetByText("learns no more of you")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Withdraw from Notes" })).ToHaveCountAsync(0);

        var (alone, _) = await site.JoinAsync("nobody@example.com", "viewer", "Nobody", "Else");
        await site.Server.Service<RemoveClient>().RunAsync(Actor.Operator, site.Workspace.Id, "notes", default);
        await site.Server.Service<RemoveClient>().RunAsync(Actor.Operator, null, "long", default);
        var empty = await site.SignedInPageAsync(alone, path: "/w/acme/my-apps");
        await Looks.Good(site, empty, "apps-mine-empty");
    }

    [Fact]
    public async Task A_program_is_added_with_a_role_and_its_secret_is_changed()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        var page = await site.AdminPageAsync(path: "/w/acme/apps/new?kind=program");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Nightly export");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add app" }).ClickAsync();
        await Expect(page.Locator(".field-error")).ToContainTextAsync("has a role");
        await page.GetByLabel("Role").SelectOptionAsync("viewer");
        await Looks.Good(site, page, "apps-program");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add app" }).ClickAsync();
        await Expect(page.Locator("#secret")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a secret" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Take away" })).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Link, new() { Name = "Take away" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("turned away at once");
        await Looks.Good(site, page, "apps-secret-remove");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Take away" }).ClickAsync();
        await Expect(page.GetByText("opens nothing any more")).ToBeVisibleAsync();
        await page.GotoAsync("/w/acme/apps");
        await Looks.Good(site, page, "apps-list");
    }
}
