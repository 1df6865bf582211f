using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>A second admin looks at what the first one asks for.</summary>
public class ApprovalPagesTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    public async Task A_second_admin_approves_one_request_and_rejects_another(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var now = (await site.Server.Service<ReadWorkspace>().RunAsync(Actor.Operator, site.Workspace.Id, default)).Value;
        var wanted = now.Configuration with { FourEyes = [FourEyesAct.GrantAdmin, FourEyesAct.IssueDirectoryToken] };
        now = (await site.Server.Service<ChangeConfiguration>().RunAsync(Actor.Operator, site.Workspace.Id, null, wanted, default)).Value;
        var first = new Actor
        {
            Kind = ActorKind.Member,
            Door = Door.Page,
            Name = "Grace Brewster Murray Hopper of the Department of Very Long Names",
            Id = Guid.CreateVersion7(),
            FreshUntil = DateTimeOffset.MaxValue,
            Workspace = site.Workspace.Id,
            Permissions = now.Configuration.PermissionsOf("admin"),
        };
        foreach (
            var token in (string[])["Okta", "A token whose name is as long as a name of a token may be, for nobody knows who reads it"]
        )
        {
            var asked = await site
                .Server.Service<CreateScimCredential>()
                .RunAsync(first, site.Workspace.Id, token, TimeSpan.FromDays(90), default);
            Assert.Equal("awaitsApproval", asked.Refusal?.Code);
        }

        var page = await site.AdminPageAsync(path: "/w/acme/members");
        await page.GetByRole(AriaRole.Link, new() { Name = "Approvals" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToHaveCountAsync(2);
        await Looks.Good(site, page, "approvals");
        await page.GetByRole(AriaRole.Row, new() { Name = "Okta" }).GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(page.GetByText("can make the token now.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Reject" }).ClickAsync();
        await Expect(page.GetByText("Rejected.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToHaveCountAsync(0);
        await Looks.Good(site, page, "approvals-decided");
        Assert.Empty(site.Complaints(page));
    }
}
