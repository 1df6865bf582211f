using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>
/// The list of people narrowed by group: a list of few, a search among many; and why somebody has access, from their row.
/// </summary>
public class ListFiltersTests(BrowserSession browser)
{
    [Theory, EachDatabase]
    public async Task A_group_is_chosen_from_a_list_or_searched_for_among_many(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var alan = await site.ProvisionAsync("alan@example.com", "Alan", "Turing");
        await site.GroupAsync("Engineering", [grace]);
        var page = await site.AdminPageAsync();
        await page.GetByLabel("Group", new() { Exact = true }).SelectOptionAsync("Engineering");
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("1 member");
        await Expect(page).ToHaveURLAsync(new Regex("group="));
        await page.ReloadAsync();
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("1 member");
        await Looks.Good(site, page, "members-in-group");

        for (var i = 0; i < 30; i++)
        {
            await site.GroupAsync($"Team {i:00}", [alan], Actor.Operator);
        }

        await page.GotoAsync("/w/acme/members");
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search members" }).FillAsync("example");
        await Expect(page).ToHaveURLAsync(new Regex("q=example"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Any group" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("team 2");
        await Expect(dialog.GetByRole(AriaRole.Link)).ToHaveCountAsync(10);
        await Expect(page).ToHaveURLAsync(new Regex("/members\\?q=example$")); // the list's address stays
        await Looks.Good(site, page, "members-choose-group");
        await dialog.GetByRole(AriaRole.Link, new() { Name = "Team 27" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("q=example&group="));
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("1 member");
        await Expect(page.GetByText("Only those in the group Team 27.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Row)
            .Filter(new() { HasText = "Alan Turing" })
            .GetByRole(AriaRole.Link, new() { Name = "Active: why?" })
            .ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Link, new() { Name = "All about Alan Turing" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "member-why");
    }
}
