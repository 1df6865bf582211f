using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>An access review in a browser, and in one that runs no script.</summary>
public class ReviewPagesTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    [Shows("S1-35")]
    public async Task An_admin_looks_through_everybody_and_takes_the_record(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var page = await site.AdminPageAsync();
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        await site.SeenAsync(grace, TimeSpan.FromDays(120));
        await site.SeenAsync(await site.ProvisionAsync("alan@example.com", "Alan", "Babbage"), TimeSpan.FromDays(2));
        var name = "Wolfeschlegelsteinhausenbergerdorff-Hubert-Blaine-Junior-Senior-The-Very-First-Of-That-Name";
        await site.ProvisionAsync(
            "wolfeschlegelsteinhausenbergerdorff.hubert.blaine.the.first@an-extremely-long-domain.example.com",
            "Adolph",
            name
        );
        await site.InviteAsync("new@example.com");
        for (var i = 0; i < 52; i++)
        {
            await site.ProvisionAsync($"person{i:00}@example.com", "Person", $"Number {i:00}");
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "More about all members" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Access reviews" }).ClickAsync();
        await Looks.Good(site, page, "reviews-none");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start review" }).ClickAsync();
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("50 shown of 57 members");
        await Looks.Good(site, page, "review-open");
        await page.GetByLabel("Decision about Grace Hopper").SelectOptionAsync("suspend");
        await page.GetByLabel("Decision about Alan Babbage").SelectOptionAsync("keep");
        await page.GetByLabel("Everybody else on this page").SelectOptionAsync("keep");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save and go on" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Suspend Grace Hopper?" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "review-asked");
        await page.GetByRole(AriaRole.Button, new() { Name = "Suspend 1 member" }).ClickAsync();
        await Expect(page.GetByText("Saved for 50 members.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Worth a look" }).ClickAsync();
        await Looks.Good(site, page, "review-worth-a-look");
        await page.GetByLabel("Everybody else on this page").SelectOptionAsync("keep");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Not decided", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nobody is left here" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "review-nobody-left");

        await page.GetByRole(AriaRole.Link, new() { Name = "Finish review" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("56 kept, 1 suspended, 0 removed.");
        await Looks.Good(site, page, "review-finish-dialog");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Finish review" }).ClickAsync();
        await Expect(page.GetByText("Finished by")).ToBeVisibleAsync();
        await Looks.Good(site, page, "review-finished");
        var download = await page.RunAndWaitForDownloadAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = "Record as CSV" }).ClickAsync()
        );
        Assert.Equal(
            58,
            (await File.ReadAllTextAsync(await download.PathAsync())).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length
        );
        await page.GetByRole(AriaRole.Link, new() { Name = "All reviews" }).ClickAsync();
        await Looks.Good(site, page, "reviews");
        Assert.Empty(site.Complaints(page));
    }

    [Theory]
    [EachDatabase]
    public async Task A_review_is_done_by_keyboard_and_without_script(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var page = await site.NewPageAsync(script: false);
        await page.GotoAsync("/w/acme/access-reviews");
        await page.GetByLabel("E-mail address or user name").FillAsync(Site.Ada);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(Site.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start review" }).PressAsync("Enter");
        var choice = page.GetByLabel("Decision about Grace Hopper");
        await choice.FocusAsync();
        await page.Keyboard.PressAsync("R"); // the one that begins so: remove
        await Expect(choice).ToHaveValueAsync("remove");
        await page.Keyboard.PressAsync("Tab");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove 1 member" }).PressAsync("Enter");
        await Expect(page.GetByText("Saved for 1 member.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Finish review" }).PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Finish review" }).PressAsync("Enter");
        await Expect(page.GetByText("Finished by")).ToBeVisibleAsync();
    }
}
