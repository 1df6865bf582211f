using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Several people at once, in a browser: by hand, by keyboard, all that match, and back.</summary>
public class BulkTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    public async Task Several_are_changed_from_the_list_and_given_back_what_they_had(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var page = await site.AdminPageAsync();
        for (var i = 0; i < 130; i++)
        {
            await site.ProvisionAsync(
                $"person{i:000}@example.com",
                i == 1 ? "Wolfeschlegelsteinhausenbergerdorff-Hubert" : "Person",
                $"Number {i:000}"
            );
        }

        await page.GotoAsync("/w/acme/members?q=person");
        var all = page.GetByRole(AriaRole.Checkbox, new() { Name = "Select everybody on this page" });
        var boxes = page.Locator("tbody .cell-select input");
        await boxes.Nth(1).ClickAsync();
        await boxes.Nth(4).ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(page.Locator(".bulk-count")).ToHaveTextAsync("4 selected");
        await Looks.Good(site, page, "members-selected");
        await all.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator(".bulk-count")).ToHaveTextAsync("25 selected");
        await page.Keyboard.PressAsync("Space");
        await boxes.Nth(2).FocusAsync();
        await page.Keyboard.PressAsync("Space");

        // a search puts other rows in place; they can be selected too
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search members" }).FillAsync("person 00");
        await Expect(page.Locator(".pager-summary")).ToContainTextAsync("10 ");
        await Expect(page.Locator(".bulk-count")).ToHaveTextAsync("");
        await boxes.Nth(0).ClickAsync();
        await boxes.Nth(1).ClickAsync();
        await Expect(page.Locator(".bulk-count")).ToHaveTextAsync("2 selected");
        await page.GetByLabel("With the selected members").SelectOptionAsync("role:member");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Change role to Member" })).ToBeVisibleAsync();

        await page.GotoAsync("/w/acme/members?q=person");
        await page.GetByLabel("With the selected members").SelectOptionAsync("role:member");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview for all 130" }).ClickAsync();
        await Expect(page.GetByText("106 are refused. Nothing has been changed yet.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "bulk-preview");

        await page.GotoAsync("/w/acme/members?q=person");
        await page.GetByLabel("With the selected members").SelectOptionAsync("remove");
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview for all 130" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove 130 members" }).ClickAsync();
        await Expect(page.GetByText("130 members changed, 0 as they were, 0 refused.")).ToBeVisibleAsync(); // a job, whose page renews itself
        await Looks.Good(site, page, "bulk-done");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByText("Undone: 130 members have again what they had.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "bulk-undone");
        await page.GotoAsync("/w/acme/members/change?act=group&all=true");
        await Expect(page.GetByText("There is no group yet")).ToBeVisibleAsync();
        await page.GotoAsync("/w/acme/members/change?act=suspend");
        await Looks.Good(site, page, "bulk-nobody");
        Assert.Empty(site.Complaints(page));
    }
}
