using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The member list as it moves: search as one types, pages, countdown.</summary>
public class LiveListTests(BrowserSession browser)
{
    [Fact]
    [Shows("S4-40")]
    public async Task Three_hundred_members_are_searched_as_one_types_and_paged()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.AdminPageAsync(); // first: the people below take all seats
        for (var i = 0; i < 299; i++)
        {
            await site.ProvisionAsync($"person{i:000}@example.com", $"Given{i:000}", i % 2 == 0 ? "Even" : "Odd");
        }

        await page.ReloadAsync();
        var summary = page.Locator(".pager-summary");
        await Expect(summary).ToHaveTextAsync("Showing 25 of 300 members");
        var search = page.GetByRole(AriaRole.Searchbox, new() { Name = "Search members" });
        await search.PressSequentiallyAsync("given04 ev", new() { Delay = 20 });
        await Expect(summary).ToHaveTextAsync("5 members");
        await Expect(page).ToHaveURLAsync(new Regex(@"[?&]q=given04(\+|%20)ev"));
        await Expect(page.Locator("[data-live-status]")).ToHaveTextAsync("5 members found");
        await Expect(search).ToBeFocusedAsync();

        await search.FillAsync("nobody at all");
        await Expect(page.GetByText("Nobody found").First).ToBeVisibleAsync();
        await Expect(page.Locator("[data-live-status]")).ToHaveTextAsync("Nobody found");
        await search.FillAsync("");
        await page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("viewer");
        await Expect(summary).ToHaveTextAsync("Showing 25 of 275 members");
        await Expect(page).ToHaveURLAsync(new Regex("role=viewer"));

        var next = page.GetByRole(AriaRole.Link, new() { Name = "Next" });
        var seen = new HashSet<string>();
        for (var pages = 1; ; pages++)
        {
            var names = await page.Locator("main .person-name").AllInnerTextsAsync();
            Assert.All(names, name => Assert.True(seen.Add(name), name));
            if (await next.CountAsync() == 0)
            {
                Assert.Equal(11, pages);
                break;
            }

            var before = page.Url;
            await next.ClickAsync();
            await Expect(page).Not.ToHaveURLAsync(before);
            await Expect(page).ToHaveURLAsync(new Regex("role=viewer"));
        }

        Assert.Equal(275, seen.Count);
        await page.GetByRole(AriaRole.Link, new() { Name = "Previous" }).ClickAsync();
        await Expect(summary).ToHaveTextAsync("Showing 25 of 275 members");
        Assert.Empty(site.Complaints(page));
    }

    [Fact]
    public async Task A_menu_opens_in_rows_that_a_search_brought()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        await site.InviteAsync("alan@example.com");
        var page = await site.AdminPageAsync();
        await Expect(page.Locator("um-countdown")).ToHaveTextAsync("7 days left");
        await page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("gr");
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("1 member");
        await page.GetByRole(AriaRole.Button, new() { Name = "Actions: Grace Hopper" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend" }).ClickAsync();
        await Expect(page.GetByText("Grace Hopper is suspended")).ToBeVisibleAsync();
        await Expect(page).ToHaveURLAsync(new Regex("q=gr"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByText("Grace Hopper is back as Member.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByText("Grace Hopper is back as Member.")).ToBeHiddenAsync();
        Assert.Empty(site.Complaints(page));
    }
}
