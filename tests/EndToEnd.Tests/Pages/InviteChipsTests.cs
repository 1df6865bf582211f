using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The addresses of the invite dialog as chips: typed, pasted, corrected, taken out, and back after a refusal.</summary>
public class InviteChipsTests(BrowserSession browser)
{
    [Theory, EachDatabase]
    public async Task Each_address_is_a_chip_and_a_faulty_one_is_corrected_where_it_stands(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        await site.InviteAsync("waiting@example.com", "viewer");
        var page = await site.AdminPageAsync();
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Invite") }).First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        var entry = dialog.Locator("textarea[name=people]");
        var chips = dialog.Locator(".entry");
        var count = dialog.Locator(".entries + [role=status]");
        await Expect(entry).ToBeFocusedAsync();

        await page.Keyboard.TypeAsync("new@example.com,");
        await Expect(chips).ToHaveCountAsync(1);
        await Expect(count).ToHaveTextAsync("1 person");
        await page.Keyboard.InsertTextAsync(
            "Hopper, Grace <grace@example.com>; waiting@example.com\ngrace at example.com\nNEW@example.com"
        );
        await Expect(chips).ToHaveCountAsync(4); // who is there twice stands once
        await Expect(count).ToHaveTextAsync("4 people, 2 cannot be invited");
        await Expect(dialog.GetByText("This person is invited already.")).ToBeVisibleAsync();
        await Expect(entry).ToBeFocusedAsync();
        await Looks.Good(site, page, "invite-chips");

        // Backspace in the empty field takes out the last; arrows walk, Delete takes out, Enter corrects in place
        await page.Keyboard.TypeAsync("last@example.com ");
        await Expect(chips).ToHaveCountAsync(5);
        await page.Keyboard.PressAsync("Backspace");
        await Expect(chips).ToHaveCountAsync(4);
        await Expect(entry).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Remove grace at example.com" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Correct grace at example.com: This is no valid e-mail address." }))
            .ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("nobody");
        await page.Keyboard.PressAsync("Escape"); // as it was, and the dialog stays
        await Expect(dialog).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("hal@example.com");
        await page.Keyboard.PressAsync("Enter");
        await Expect(count).ToHaveTextAsync("4 people, 1 cannot be invited");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Change hal@example.com" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Delete");
        await Expect(chips).ToHaveCountAsync(3);

        // what is typed and not ended yet goes with the others
        await entry.FocusAsync();
        await page.Keyboard.TypeAsync("typed@example.com");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("3 of 4 people are invited");

        // only who was not invited is in the form again, with the reason
        var again = page.Locator("#again");
        await Expect(again.Locator(".entry")).ToHaveCountAsync(1);
        await Expect(
                again.GetByRole(
                    AriaRole.Button,
                    new() { NameRegex = new Regex("^Correct waiting@example.com: This person is invited already") }
                )
            )
            .ToBeVisibleAsync();
        await Looks.Good(site, page, "invite-again");
        await again.GetByRole(AriaRole.Button, new() { Name = "Remove waiting@example.com" }).ClickAsync();
        await Expect(again.Locator(".entry")).ToHaveCountAsync(0);
        await Expect(again.Locator("textarea[name=people]")).ToBeFocusedAsync();
        Assert.Empty(site.Complaints(page));
    }

    [Fact]
    public async Task What_was_typed_is_there_after_a_refusal_and_goes_even_where_nobody_answers_for_the_chips()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        await site.InviteAsync("waiting@example.com", "viewer");
        var page = await site.AdminPageAsync(path: "/w/acme/invite");
        await page.GetByLabel("E-mail addresses", new() { Exact = true }).FillAsync("waiting@example.com");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        var chip = page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Correct waiting@example.com") });
        await Expect(chip).ToBeVisibleAsync();
        await chip.ClickAsync();
        await page.Keyboard.TypeAsync("other@example.com"); // the text is selected
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".entries + [role=status]")).ToHaveTextAsync("1 person");

        await page.RouteAsync("**/invite/check", route => route.AbortAsync());
        await page.Locator("textarea[name=people]").FillAsync("more@example.com\nthird@example.com\n");
        await Expect(page.Locator(".entry")).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("3 people are invited");
    }

    [Theory, EachDatabase]
    [Shows("S1-14")]
    public async Task Reset_clears_the_form_above_the_list_and_nothing_of_it_is_sent(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind, "ranked");
        var page = await site.AdminPageAsync();
        var form = page.Locator("#invite");
        var (entry, role) = (form.Locator("textarea[name=people]"), form.Locator("select[name=role]"));
        await entry.FillAsync("ada@corp.example, grace@corp.example,");
        await Expect(form.Locator(".entry")).ToHaveCountAsync(2);
        await role.SelectOptionAsync("monitor");
        await Expect(form.Locator(".entries + [role=status]")).ToHaveTextAsync("2 people"); // asked anew, for the other role
        await form.GetByRole(AriaRole.Button, new() { Name = "Reset", Exact = true }).ClickAsync();
        await Expect(form.Locator(".entry")).ToHaveCountAsync(0);
        await Expect(entry).ToHaveValueAsync("");
        await Expect(role).ToHaveValueAsync("editor");

        await entry.FillAsync("hal@corp.example");
        await form.GetByRole(AriaRole.Button, new() { Name = "Send invitations" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("hal@corp.example is invited");
        await using var db = site.Server.Store.Read();
        var invited = db.Invitations.Where(i => i.WorkspaceId == site.Workspace.Id).ToList();
        Assert.Equal(
            [("hal@corp.example", "editor")],
            invited.Where(i => i.UserName.EndsWith("@corp.example", StringComparison.Ordinal)).Select(i => (i.UserName, i.Role))
        );
        Assert.Empty(site.Complaints(page));
    }
}
