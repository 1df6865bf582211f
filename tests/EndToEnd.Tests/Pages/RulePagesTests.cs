using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Mappings;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Group rules in a browser: looked at before they are saved, in their order, broken, and worked through.</summary>
public class RulePagesTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    public async Task An_admin_writes_a_rule_sees_what_it_changes_and_saves_it(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        await site.DefineAsync(new() { Name = "level", Type = CustomType.WholeNumber }, new() { Name = "costCenter" });
        var page = await site.AdminPageAsync();
        var directory = DirectoryOf(site.Workspace);
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var alan = await site.ProvisionAsync("alan@example.com", "Alan", "Babbage");
        await site.GroupAsync("Engineers", [grace, alan], directory);
        var gone = await site.GroupAsync("Leavers", [], directory);
        var name = "The group whose name is as long as names of groups in a directory with very many regions and very many departments are";
        await site.GroupAsync(name, [alan], directory);

        await page.GetByRole(AriaRole.Link, new() { Name = "Rules" }).ClickAsync();
        await Looks.Good(site, page, "rules-none");
        await page.GetByRole(AriaRole.Link, new() { Name = "New rule" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Engineering");
        await page.GetByLabel("Asks for").SelectOptionAsync("level, an attribute of your own");
        await page.GetByLabel("Which").FillAsync("seven");
        await page.GetByLabel("Gives the role").SelectOptionAsync("viewer");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would change" }).ClickAsync();
        await Expect(page.GetByText("The attribute level holds whole numbers, and this is none.", new() { Exact = true }))
            .ToBeVisibleAsync();
        await Looks.Good(site, page, "rule-attribute");
        await page.GetByLabel("Asks for").SelectOptionAsync("A group of the directory");
        await page.GetByLabel("Which").FillAsync("nobody knows it");
        await page.GetByLabel("Gives the role").SelectOptionAsync("viewer");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would change" }).ClickAsync();
        await Expect(page.GetByText("There is no group of this name.", new() { Exact = true })).ToBeVisibleAsync();
        await page.GetByLabel("Which").FillAsync("engineers");
        await page.GetByRole(AriaRole.Button, new() { Name = "See what would change" }).ClickAsync();
        await Expect(page.GetByText("2 members change.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "rule-preview");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save rule" }).ClickAsync();
        await Expect(page.GetByText("The rule Engineering is saved.")).ToBeVisibleAsync();
        await MakeAsync(
            site,
            new()
            {
                Name = "Leaving",
                Asks = RuleAsks.Group,
                GroupId = gone.Id,
                Role = "viewer",
            }
        );
        var large = await site
            .Server.Service<GroupList>()
            .FindAsync(Actor.Operator, site.Workspace.Id, new(null, name), null, 1, GroupSizes.Exact, default);
        await MakeAsync(
            site,
            new()
            {
                Name = name,
                Asks = RuleAsks.Group,
                GroupId = large.Value.Rows[0].Group.Id,
                Role = "member",
            }
        );
        await site.Server.Service<DeleteGroup>().RunAsync(directory, site.Workspace.Id, gone.Id, null, default);
        await page.GotoAsync("/w/acme/rules");
        await Expect(page.GetByText("The group Leavers that it asks for is gone.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToHaveCountAsync(0);
        await Looks.Good(site, page, "rules");
        await page.GetByRole(AriaRole.Button, new() { Name = "Down: Engineering" }).ClickAsync();
        await Expect(page.Locator("#rules tbody tr").Nth(1)).ToContainTextAsync("Engineering");

        await page.GotoAsync($"/w/acme/members/{grace.Id}");
        await Expect(page.GetByText("by rule \"Engineering\" (group Engineers)").First).ToBeVisibleAsync();
        await Looks.Good(site, page, "rule-person");
        await page.GotoAsync("/w/acme/rules");
        await page.GetByRole(AriaRole.Link, new() { Name = "Delete Engineering" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("change");
        await Looks.Good(site, page, "rule-delete");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Delete rule" }).ClickAsync();
        await Expect(page.GetByText("The rule Engineering is deleted.")).ToBeVisibleAsync();
        Assert.Empty(site.Complaints(page));
    }

    private static async Task MakeAsync(Site site, RuleDraft draft) =>
        Assert.True((await site.Server.Service<CreateRule>().RunAsync(Actor.Operator, site.Workspace.Id, draft, default)).Done);

    private static Actor DirectoryOf(WorkspaceContext workspace) =>
        Actor.Operator with
        {
            Kind = ActorKind.Directory,
            Door = Door.Scim,
            Name = "Entra",
            Workspace = workspace.Id,
            Permissions = Actor.DirectoryPermissions,
        };
}
