using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>All by keyboard: no mouse is touched.</summary>
public class KeyboardTests(BrowserSession browser)
{
    [Fact]
    [Shows("S1-24", "S0-41")]
    public async Task Sign_in_open_a_menu_ask_and_leave_and_change_a_role()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var page = await site.NewPageAsync();
        await page.GotoAsync("/signin");
        await Expect(page.GetByLabel("E-mail address or user name")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Site.Ada);
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByLabel("Password", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(Site.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(site.Server.PublicUrl + "w/acme/members");

        // The first stop leads past the navigation.
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(":focus")).ToHaveTextAsync("Skip to content");
        await page.Keyboard.PressAsync("Enter");

        var opener = page.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" });
        await TabToAsync(page, opener);
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Edit" })).ToBeFocusedAsync();
        await Artifacts.Screenshot(page, "keyboard-menu");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Edit" })).ToBeHiddenAsync();
        await Expect(opener).ToBeFocusedAsync();

        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Remove member" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await Artifacts.Screenshot(page, "keyboard-dialog");
        await page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(opener).ToBeFocusedAsync();

        var role = page.GetByLabel("Role of Grace Hopper");
        await role.FocusAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(page.GetByText("Grace Hopper is now Viewer.")).ToBeVisibleAsync();
        Assert.Empty(site.Complaints(page));
    }

    private static async Task TabToAsync(IPage page, ILocator wanted)
    {
        for (var i = 0; i < 40; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await wanted.EvaluateAsync<bool>("e => e === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail("Forty tabs do not lead to it.");
    }
}
