using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>
/// The page of a person: all that is changed there is saved by one button and taken back by another, with and without script.
/// </summary>
public class MemberSaveTests(BrowserSession browser)
{
    [Theory]
    [InlineData(true, Database.Postgres)]
    [InlineData(false, Database.Sqlite)]
    public async Task One_button_saves_all_of_it_and_one_takes_it_back(bool script, Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var (_, member) = await site.JoinAsync("grace@example.com", "member", "Grace", "Hopper");
        await site.GroupAsync("Engineering", [], Actor.Operator);
        await site.GroupAsync("Finance", [], Actor.Operator);
        var page = await site.AdminPageAsync(script: script, path: $"/w/acme/members/{member.Id}");
        await page.GetByLabel("Last name").FillAsync("Murray");
        await page.GetByLabel("Role", new() { Exact = true }).SelectOptionAsync("viewer");
        await page.GetByLabel("Engineering").CheckAsync();
        await page.GetByLabel("Last day").FillAsync("2035-01-31");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Expect(page.GetByText("The name is now Grace Murray. Grace Murray is now Viewer.")).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Engineering")).ToBeCheckedAsync();
        if (script)
        {
            await Looks.Good(site, page, "member-saved");
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Grace Hopper");
        await Expect(page.GetByLabel("Engineering")).Not.ToBeCheckedAsync();
        await Expect(page.GetByLabel("Last day")).ToHaveValueAsync("");

        // nothing is done while a part is refused, and each part says why
        await page.GetByLabel("First name").FillAsync("Other");
        await page.GetByLabel("Last day").FillAsync("2020-01-01");
        await page.GetByLabel("Sponsor").FillAsync("nobody");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save changes" }).ClickAsync();
        await Expect(page.GetByText("The end must be in the future. To end it now, suspend the person.").Last).ToBeVisibleAsync();
        await Expect(page.GetByLabel("First name")).ToHaveValueAsync("Other");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Grace Hopper");
        if (script)
        {
            await Looks.Good(site, page, "member-refused");
        }
    }
}
