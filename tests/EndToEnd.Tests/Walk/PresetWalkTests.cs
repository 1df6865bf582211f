using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Walk;

/// <summary>
/// Somebody's whole time in a workspace of other presets, in its own words: invited, joined, given another role, gone and back. (That of
/// <c>seats</c> is <see cref="WholeWalkTests"/>; of <c>provider</c>, whose people come through Google or Entra:
/// <see cref="ProviderWalkTests"/>.)
/// </summary>
public class PresetWalkTests(BrowserSession browser)
{
    private const string Address = "grace@example.com";

    [Theory]
    [InlineData("csv", Database.Sqlite)]
    [InlineData("csv", Database.Postgres)]
    [InlineData("licensed", Database.Sqlite)]
    [InlineData("licensed", Database.Postgres)]
    [InlineData("ranked", Database.Sqlite)]
    [InlineData("ranked", Database.Postgres)]
    public async Task Somebody_is_invited_joins_gets_another_role_goes_and_comes_back(string preset, Database kind)
    {
        var (email, role) = preset switch
        {
            "csv" => ("E-mail addresses", "Administrator"),
            "licensed" => ("Email", "Admin"),
            _ => ("E-mail addresses", "Monitor"),
        };
        await using var site = await Site.StartAsync(browser, kind, preset);
        var admin = await site.AdminPageAsync();
        var guest = await JoinAsync(site, admin, await InviteAsync(admin, email));

        await admin.GotoAsync("/w/acme/members?q=hopper");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Grace Hopper" }).First.ClickAsync();
        await admin.Locator("select[name=role]").SelectOptionAsync(new SelectOptionValue { Label = role });
        await admin.Locator("form:has(select[name=role])").GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(admin.GetByText($"Grace Hopper is now {role}")).ToBeVisibleAsync();

        await admin.GotoAsync("/w/acme/members?q=hopper");
        await Expect(admin.Locator("main")).ToContainTextAsync(role);
        await admin.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await admin.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Remove") }).ClickAsync();
        var dialog = admin.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Remove Grace Hopper?");
        await dialog.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Remove") }).ClickAsync();
        await Expect(admin.GetByText("Nobody found")).ToBeVisibleAsync();
        Assert.Equal(403, (await guest.ReloadAsync())!.Status);

        await admin.GotoAsync("/w/acme/members?status=removed");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await admin.GetByRole(AriaRole.Button, new() { Name = "Restore" }).ClickAsync();
        await Expect(admin.GetByText("Grace Hopper is back as")).ToBeVisibleAsync();
        Assert.Equal(200, (await guest.GotoAsync("/w/acme"))!.Status);
        await Expect(guest.Locator("main")).ToContainTextAsync(role);

        Assert.Empty(site.Complaints(admin));
        Assert.Empty(site.Complaints(guest));
        Assert.DoesNotContain("Exception", site.Server.Log, StringComparison.Ordinal);
    }

    // by what stands on the list: a form, or a link that leads to one
    private static async Task<string> InviteAsync(IPage admin, string email)
    {
        if (await admin.GetByLabel(email, new() { Exact = true }).CountAsync() == 0)
        {
            await admin.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Invite") }).First.ClickAsync();
        }

        await admin.GetByLabel(email, new() { Exact = true }).FillAsync(Address);
        await admin.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Send invitation") }).ClickAsync();
        return await admin.GetByLabel($"Invitation link of {Address}", new() { Exact = true }).InputValueAsync();
    }

    private static async Task<IPage> JoinAsync(Site site, IPage admin, string link)
    {
        await admin.GotoAsync("/w/acme/members?status=invited");
        await Expect(admin.Locator("main")).ToContainTextAsync(Address);

        var guest = await site.NewPageAsync();
        await guest.GotoAsync(link);
        var form = guest.Locator("#create");
        await form.GetByLabel("E-mail address or user name").FillAsync(Address);
        await form.GetByLabel("New password", new() { Exact = true }).FillAsync(Site.Password);
        await form.GetByRole(AriaRole.Button, new() { Name = "Create account and join" }).ClickAsync();
        await guest.GetByLabel("First name").FillAsync("Grace");
        await guest.GetByLabel("Last name").FillAsync("Hopper");
        await guest.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(guest).ToHaveURLAsync(new Regex("/w/acme(/members)?$")); // who may see the list begins there
        return guest;
    }
}
