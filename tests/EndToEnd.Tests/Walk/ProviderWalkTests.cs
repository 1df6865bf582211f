using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Walk;

/// <summary>
/// Somebody's whole time in an organisation of the preset <c>provider</c>: invited with Google's name for them, in through Google, an
/// administrator, gone and back.
/// </summary>
public class ProviderWalkTests(BrowserSession browser, Upstream upstream) : IClassFixture<Upstream>
{
    private const string Address = "grace@acme.example";

    [Theory, EachDatabase]
    [Shows("S3-05", "S3-09")]
    public async Task Somebody_is_invited_to_Google_joins_becomes_an_administrator_goes_and_comes_back(Database kind)
    {
        await using var at = await upstream.SiteAsync(browser, kind, "provider");
        var site = at.Site;
        var admin = await site.AdminPageAsync();
        var link = await InviteAsync(site, admin);

        var guest = await site.NewPageAsync();
        await guest.GotoAsync(link);
        await Upstream.ChooseAsync(guest, Address);
        await Expect(guest).ToHaveURLAsync(site.Server.PublicUrl + "w/acme");
        await Expect(guest.Locator("main")).ToContainTextAsync("Member");
        await Looks.Good(site, guest, "provider-home");

        await admin.GotoAsync("/w/acme/members?q=hopper");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).First.ClickAsync();
        await admin.Locator("select[name=role]").SelectOptionAsync(new SelectOptionValue { Label = "Administrator" });
        await admin.Locator("form:has(select[name=role])").GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(admin.GetByText("Grace Hopper is now Administrator")).ToBeVisibleAsync();
        await Looks.Good(site, admin, "provider-person");

        await admin.GotoAsync("/w/acme/members?q=hopper");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Remove Grace Hopper", Exact = true }).ClickAsync();
        await admin.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Remove") }).ClickAsync();
        await Expect(admin.GetByText("Nobody found")).ToBeVisibleAsync();
        Assert.Equal(403, (await guest.ReloadAsync())!.Status);

        await admin.GotoAsync("/w/acme/members?status=removed");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(admin.GetByText("Grace Hopper is back as")).ToBeVisibleAsync();
        await guest.GotoAsync("/w/acme/members"); // an administrator again, who sees the list
        await Expect(guest.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).First).ToBeVisibleAsync();
        Assert.Empty(site.Complaints(admin));
        Assert.Empty(site.Complaints(guest));
        Assert.DoesNotContain("Exception", site.Server.Log, StringComparison.Ordinal);
    }

    private static async Task<string> InviteAsync(Site site, IPage admin)
    {
        await admin.GotoAsync("/w/acme/members");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Add", Exact = true }).First.ClickAsync();
        await admin.GetByLabel("Identity provider").SelectOptionAsync(new SelectOptionValue { Label = "Google" });
        await Looks.Good(site, admin, "provider-invite");
        await admin.Locator("input[name=people]").FillAsync(Address);
        await admin.GetByRole(AriaRole.Button, new() { Name = "Invite", Exact = true }).ClickAsync();
        return await admin.GetByLabel($"Invitation link of {Address}", new() { Exact = true }).InputValueAsync();
    }
}
