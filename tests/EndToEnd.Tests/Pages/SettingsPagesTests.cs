using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Settings, another preset, the first steps and the command key in a browser.</summary>
public class SettingsPagesTests(BrowserSession browser)
{
    [Fact]
    public async Task Settings_are_previewed_and_saved_by_keyboard_and_look_right()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.AdminPageAsync();
        await Looks.Good(site, page, "first-steps");
        foreach (var path in (string[])["workspace", "joining", "list", "roles", "role?key=member", "directory", "preset"])
        {
            await page.GotoAsync("/w/acme/settings/" + path);
            await Looks.Good(site, page, "settings-" + path.Split('?')[0]);
        }

        await page.GotoAsync("/w/acme/settings/workspace");
        await page.GetByLabel("For one of the people").FocusAsync();
        await page.Keyboard.PressAsync("ControlOrMeta+a");
        await page.Keyboard.TypeAsync("colleague of a name that is rather long for its place");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Preview the change" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "settings-preview");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the change" }).PressAsync("Enter");
        await Expect(page.GetByText("Saved. It holds from now on.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByLabel("For one of the people")).ToHaveValueAsync("member");
        await page.GetByLabel("Terms of use").FillAsync("javascript:alert(1)");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview the change" }).ClickAsync();
        await Expect(page.GetByLabel("Terms of use")).ToHaveAttributeAsync("aria-invalid", "true");
        await Looks.Good(site, page, "settings-refused");

        await page.GotoAsync("/w/acme/settings/preset/review?preset=ranked");
        await Looks.Good(site, page, "settings-preset-preview");
    }

    [Fact]
    public async Task The_command_key_jumps_to_a_page_or_a_person_by_keyboard_alone()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.AdminPageAsync();
        await page.Keyboard.PressAsync("ControlOrMeta+k");
        var box = page.GetByRole(AriaRole.Combobox, new() { Name = "A page or a name" });
        await Expect(box).ToBeFocusedAsync();
        await Looks.Good(site, page, "command-key");
        await page.Keyboard.TypeAsync("audit");
        await Expect(page.Locator("#command-list [role=option]")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/audit");
        await page.Keyboard.PressAsync("ControlOrMeta+k");
        await page.Keyboard.PressAsync("Escape");
        await Expect(box).ToBeHiddenAsync();
        await page.Keyboard.PressAsync("ControlOrMeta+k");
        await page.Keyboard.TypeAsync("ada");
        await Expect(page.Locator("#command-list [role=option]")).Not.ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/members/*");
    }
}
