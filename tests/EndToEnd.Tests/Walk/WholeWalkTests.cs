using System.Net;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Walk;

/// <summary>What a new user does, in one go: an admin in one browser, somebody invited in another, a directory beside them.</summary>
public class WholeWalkTests(BrowserSession browser)
{
    private const string GuestAddress = "guest@example.com";

    [Theory]
    [EachDatabase]
    [Shows(
        "S0-03",
        "S0-13",
        "S0-28",
        "S0-29",
        "S0-41",
        "S0-42",
        "S1-16",
        "S1-28",
        "S1-42",
        "S4-01",
        "S4-06",
        "S4-08",
        "S4-09",
        "S4-10",
        "S4-11",
        "S4-14",
        "S4-39"
    )]
    public async Task From_the_admin_link_to_somebody_restored(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var admin = await site.NewPageAsync();
        await EnterAsync(site, admin);
        var scim = await ConnectDirectoryAsync(site, admin);
        await ProvisionAsync(admin, scim);
        var guest = await InviteAsync(site, admin);
        await ChangeRoleAsync(admin, guest);
        await SuspendAndUndoAsync(admin, guest);
        await RemoveAndRestoreAsync(admin, guest);
        await ReadAuditAsync(admin);
        await RevokeTokenAsync(admin, scim);
        Assert.Empty(site.Complaints(admin));
        Assert.Empty(site.Complaints(guest));
        Assert.DoesNotContain("Exception", site.Server.Log, StringComparison.Ordinal);
    }

    private static async Task EnterAsync(Site site, IPage admin)
    {
        var link = await site.AdminLinkAsync();
        await admin.GotoAsync(link);
        await admin.ReloadAsync(); // opening uses nothing up
        await admin.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(admin.GetByRole(AriaRole.Heading, new() { Name = "Set a password" })).ToBeVisibleAsync();
        await admin.GetByLabel("New password", new() { Exact = true }).FillAsync(Site.Password);
        await admin.GetByRole(AriaRole.Button, new() { Name = "Set password" }).ClickAsync();
        await Expect(admin).ToHaveURLAsync(site.Server.PublicUrl + "w/acme/profile"); // nobody has said yet what they are called
        await Expect(admin.GetByRole(AriaRole.Heading, new() { Name = "Your profile" })).ToBeVisibleAsync();
        await admin.GetByLabel("First name").FillAsync("Ada");
        await admin.GetByLabel("Last name").FillAsync("Lovelace");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(admin).ToHaveURLAsync(site.Server.PublicUrl + "w/acme/members");
        await Expect(admin.GetByRole(AriaRole.Link, new() { Name = "Ada Lovelace", Exact = true })).ToBeVisibleAsync();
        await Expect(admin.GetByText("It is only you so far")).ToBeVisibleAsync();

        var thief = await site.NewPageAsync();
        Assert.Equal(404, (await thief.GotoAsync(link))!.Status);
    }

    private static async Task<HttpClient> ConnectDirectoryAsync(Site site, IPage admin)
    {
        await admin.GetByRole(AriaRole.Link, new() { Name = "Connect a directory" }).ClickAsync();
        await Expect(admin.GetByText("No directory has asked yet")).ToBeVisibleAsync();
        var url = await admin.Locator("#scim-url").InputValueAsync();
        Assert.Equal(site.Server.PublicUrl + "scim/v2/acme", url);
        await admin.GetByLabel("Name", new() { Exact = true }).FillAsync("Entra");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Create token" }).ClickAsync();
        var token = await admin.Locator("#token").InputValueAsync();
        Assert.StartsWith("umscim_", token, StringComparison.Ordinal);
        await admin.GotoAsync("/w/acme/directory");
        Assert.DoesNotContain(token, await admin.ContentAsync(), StringComparison.Ordinal);
        return Site.ScimClient(url, token);
    }

    private static async Task ProvisionAsync(IPage admin, HttpClient scim)
    {
        for (var i = 1; i <= 30; i++)
        {
            using var body = Site.ScimUser($"person{i:00}@example.com", "Person", $"Number {i:00}");
            using var answer = await scim.PostAsync(new Uri("Users", UriKind.Relative), body);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        await admin.GotoAsync("/w/acme/directory");
        await Expect(admin.GetByText("No directory has asked yet")).ToBeHiddenAsync();
        await admin.GotoAsync("/w/acme/members");
        await Expect(admin.Locator(".pager-summary")).ToHaveTextAsync("Showing 25 of 31 members");
        await Expect(admin.GetByRole(AriaRole.Link, new() { Name = "Person Number 20" })).ToBeVisibleAsync();
        // Twenty-five seats: the admin and the first 24 people; the others came in as Viewers.
        await Expect(Seats(admin)).ToHaveTextAsync("25 / 25");
        await admin.GetByLabel("Seat", new() { Exact = true }).SelectOptionAsync("without");
        await Expect(admin.Locator(".pager-summary")).ToHaveTextAsync("6 members");
    }

    private static async Task<IPage> InviteAsync(Site site, IPage admin)
    {
        await admin.GotoAsync("/w/acme/members");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Invite member" }).ClickAsync();
        await admin.GetByLabel("E-mail addresses").FillAsync(GuestAddress);
        await admin.GetByLabel("Viewer", new() { Exact = true }).CheckAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        var link = await admin.GetByLabel($"Invitation link of {GuestAddress}", new() { Exact = true }).InputValueAsync();

        await admin.GotoAsync("/w/acme/members?status=invited");
        await Expect(admin.Locator("um-countdown")).ToHaveTextAsync("7 days left");

        var guest = await site.NewPageAsync();
        await guest.GotoAsync(link);
        await Expect(guest.GetByRole(AriaRole.Heading, new() { Name = "Join Acme" })).ToBeVisibleAsync();
        var form = guest.Locator("#create");
        await form.GetByLabel("E-mail address or user name").FillAsync(GuestAddress);
        await form.GetByLabel("New password", new() { Exact = true }).FillAsync(Site.Password);
        await form.GetByRole(AriaRole.Button, new() { Name = "Create account and join" }).ClickAsync();
        await Expect(guest.GetByRole(AriaRole.Heading, new() { Name = "Your profile" })).ToBeVisibleAsync();
        await guest.GetByLabel("First name").FillAsync("Grace");
        await guest.GetByLabel("Last name").FillAsync("Hopper");
        await guest.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(guest).ToHaveURLAsync(site.Server.PublicUrl + "w/acme");
        await Expect(guest.GetByText("You are in this workspace.")).ToBeVisibleAsync();
        return await JoinAnotherAsync(site, guest);
    }

    private static async Task<IPage> JoinAnotherAsync(Site site, IPage guest)
    {
        var globex = await Site.NewWorkspaceAsync(site.Server, "globex", "Globex");
        var second = await site.InviteAsync(GuestAddress, "viewer", into: globex);
        await guest.GotoAsync(site.Server.Links.Invitation(second.LinkSecret));
        await guest.GetByRole(AriaRole.Button, new() { Name = "Join as" }).ClickAsync();
        await Expect(guest.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        await guest.GotoAsync("/w/globex/profile"); // known from the other workspace, and not saved before they say so
        await Expect(guest.GetByLabel("First name")).ToHaveValueAsync("Grace");
        await Expect(guest.GetByLabel("Last name")).ToHaveValueAsync("Hopper");
        await guest.GotoAsync("/w/acme");
        return guest;
    }

    private static async Task ChangeRoleAsync(IPage admin, IPage guest)
    {
        await admin.GotoAsync("/w/acme/members?q=person+number+01");
        await admin.GetByLabel("Role of Person Number 01").SelectOptionAsync("viewer");
        await Expect(admin.GetByText("Person Number 01 is now Viewer.")).ToBeVisibleAsync();
        await Expect(Seats(admin)).ToHaveTextAsync("24 / 25");

        await admin.GotoAsync("/w/acme/members?q=hopper");
        await admin.GetByLabel("Role of Grace Hopper").SelectOptionAsync("member");
        await Expect(admin.GetByText("Grace Hopper is now Member.")).ToBeVisibleAsync();
        await Expect(Seats(admin)).ToHaveTextAsync("25 / 25");
        await guest.ReloadAsync();
        await Expect(guest.GetByText("You hold a seat")).ToBeVisibleAsync();

        // Nobody else gets one: the page says why, and nothing changed.
        await admin.GotoAsync("/w/acme/members?q=person+number+01");
        await admin.GetByLabel("Role of Person Number 01").SelectOptionAsync("member");
        await Expect(admin.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Role not changed" })).ToBeVisibleAsync();
        await Expect(Seats(admin)).ToHaveTextAsync("25 / 25");
    }

    private static async Task SuspendAndUndoAsync(IPage admin, IPage guest)
    {
        await admin.GotoAsync("/w/acme/members?q=hopper");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await Expect(admin.GetByText("Grace Hopper is suspended")).ToBeVisibleAsync();
        await Expect(admin).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("q=hopper"));
        await Expect(Seats(admin)).ToHaveTextAsync("24 / 25");
        Assert.Equal(403, (await guest.ReloadAsync())!.Status); // who was in it reads what happened
        Assert.Equal(200, (await guest.GotoAsync("/w/globex"))!.Status);

        await admin.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(admin.GetByText("Grace Hopper is back as Member.")).ToBeVisibleAsync();
        await Expect(Seats(admin)).ToHaveTextAsync("25 / 25");
        Assert.Equal(200, (await guest.GotoAsync("/w/acme"))!.Status);
    }

    private static async Task RemoveAndRestoreAsync(IPage admin, IPage guest)
    {
        await admin.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await admin.GetByRole(AriaRole.Link, new() { Name = "Remove member" }).ClickAsync();
        var dialog = admin.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Remove Grace Hopper?");
        await Expect(dialog).ToContainTextAsync(GuestAddress);
        await Expect(dialog).ToContainTextAsync("this workspace and 1 other");
        await Artifacts.Screenshot(admin, "walk-remove-dialog");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Remove member" }).ClickAsync();
        await Expect(admin.GetByText("Nobody found")).ToBeVisibleAsync();
        await Artifacts.Screenshot(admin, "walk-removed");
        Assert.Equal(403, (await guest.ReloadAsync())!.Status);
        await Artifacts.Screenshot(guest, "walk-removed-guest");
        Assert.Equal(200, (await guest.GotoAsync("/w/globex"))!.Status);

        await admin.GotoAsync("/w/acme/members?status=removed");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(admin.GetByText("Grace Hopper is back as")).ToBeVisibleAsync();
        Assert.Equal(200, (await guest.GotoAsync("/w/acme"))!.Status);
    }

    private static async Task ReadAuditAsync(IPage admin)
    {
        await admin.GotoAsync("/w/acme/audit");
        await Artifacts.Screenshot(admin, "walk-audit");
        var log = admin.Locator("main");
        foreach (var line in (string[])["restored Grace Hopper", "removed Grace Hopper", "suspended Grace Hopper"])
        {
            await Expect(log).ToContainTextAsync(line);
        }
    }

    private static async Task RevokeTokenAsync(IPage admin, HttpClient scim)
    {
        await admin.GotoAsync("/w/acme/directory");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Revoke Entra" }).ClickAsync();
        await admin.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke token" }).ClickAsync();
        await Expect(admin.GetByText("opens nothing any more")).ToBeVisibleAsync();
        await Expect(admin.Locator("#tokens").GetByText("Revoked")).ToBeVisibleAsync();
        using var answer = await scim.GetAsync(new Uri("Users?count=1", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        scim.Dispose();
    }

    private static ILocator Seats(IPage page) => page.Locator(".meter", new() { HasText = "Seats" }).Locator(".meter-value").First;
}
