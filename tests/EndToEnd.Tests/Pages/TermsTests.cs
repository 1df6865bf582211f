using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The terms of use as people meet them, by keyboard alone: with the invitation, raised, declined, accepted.</summary>
public class TermsTests(BrowserSession browser)
{
    private const string Grace = "grace@example.com";

    [Theory, EachDatabase]
    public async Task Terms_are_accepted_with_the_invitation_asked_for_again_when_raised_declined_and_accepted(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var (session, _) = await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        await SetAsync(site, 1);
        var invitation = await site.InviteAsync(Grace, "viewer");
        var page = await site.NewPageAsync();
        await page.GotoAsync("/w/acme/signin");
        await Looks.Good(site, page, "terms-sign-in");
        await page.GotoAsync(site.Server.Links.Invitation(invitation.LinkSecret));
        await Looks.Good(site, page, "terms-invite");
        await page.GetByLabel("First name").FillAsync("Grace");
        await page.GetByLabel("Last name").FillAsync("Hopper");
        await page.Locator("#create").GetByLabel("E-mail address or user name").FillAsync(Grace);
        await page.GetByLabel("New password").FillAsync(Site.Password);
        await page.Keyboard.PressAsync("Enter"); // not ticked: the browser does not send it
        var box = page.Locator("#create").GetByRole(AriaRole.Checkbox, new() { Name = "I accept the terms of use of Acme" });
        await Expect(box).ToBeFocusedAsync();
        await Expect(page).ToHaveURLAsync(site.Server.Links.Invitation(invitation.LinkSecret));
        await page.Keyboard.PressAsync("Space");
        await Expect(box).ToBeCheckedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme");

        await SetAsync(site, 2);
        await page.GotoAsync("/w/acme/profile");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The terms of use have changed" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "terms-changed");
        await page.GetByRole(AriaRole.Link, new() { Name = "Decline" }).PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "You have not accepted the terms" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "terms-declined");
        await page.GetByRole(AriaRole.Link, new() { Name = "Read them again" }).PressAsync("Enter");
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "I accept" }).PressAsync("Space");
        await page.GetByRole(AriaRole.Button, new() { Name = "Accept and go on" }).PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme/profile");
        await Expect(page.GetByText("Version 2 accepted")).ToBeVisibleAsync();
        await Looks.Good(site, page, "terms-profile");

        // the admin is asked as everybody is, and sees of each who accepted what
        var admin = await site.SignedInPageAsync(session, path: "/w/acme/members");
        await admin.GetByRole(AriaRole.Checkbox, new() { Name = "I accept" }).PressAsync("Space");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Accept and go on" }).PressAsync("Enter");
        await Expect(admin).ToHaveURLAsync(site.Server.PublicUrl + "w/acme/members");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).First.ClickAsync();
        await Expect(admin.GetByText("Version 2 accepted")).ToBeVisibleAsync();
        await Expect(admin.GetByText("accepted the terms of use").First).ToBeVisibleAsync();
        await SetAsync(site, 3);
        await admin.ReloadAsync();
        await admin.GetByRole(AriaRole.Checkbox, new() { Name = "I accept" }).PressAsync("Space");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Accept and go on" }).PressAsync("Enter");
        await Expect(admin.GetByText("Version 3 is not accepted yet")).ToBeVisibleAsync();
        await Looks.Good(site, admin, "terms-member");
    }

    private static async Task SetAsync(Site site, int version)
    {
        await using var db = site.Server.Store.Read();
        var now = WorkspaceContext.Of(db, db.Workspaces.Single(w => w.Id == site.Workspace.Id)).Configuration;
        var terms = now.Terms with { TermsOfUse = "https://example.com/terms", TermsVersion = version };
        var changed = await site
            .Server.Service<ChangeConfiguration>()
            .RunAsync(Actor.Operator, site.Workspace.Id, null, now with { Terms = terms }, default);
        Assert.True(changed.Done, changed.Refusal?.Message);
    }
}
