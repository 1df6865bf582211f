using System.Net;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>What admins may not do to themselves and to each other, as the pages tell it.</summary>
public class LastAdminTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    public async Task Ones_own_role_is_not_to_be_changed_and_forcing_it_is_refused_in_words(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        var page = await site.AdminPageAsync();
        await Expect(page.GetByText("(You)")).ToBeVisibleAsync();
        await Expect(page.GetByText("There is only one admin")).ToBeVisibleAsync();
        var role = page.GetByLabel("Role of Ada Lovelace");
        await Expect(role).ToBeDisabledAsync();
        await Expect(role).ToHaveAttributeAsync("title", "You cannot change your own role.");

        await role.EvaluateAsync("e => { e.disabled = false; e.value = 'viewer'; e.form.requestSubmit(); }");
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "You cannot change your own role. Another admin can." }))
            .ToBeVisibleAsync();
        await Expect(page.GetByLabel("Role of Ada Lovelace")).ToHaveValueAsync("admin");
    }

    [Theory]
    [EachDatabase]
    public async Task The_last_admin_stays_whoever_asks_and_a_demoted_admin_is_out_at_once(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        using var scim = await site.ScimAsync();
        var grace = await site.JoinAsync("grace@example.com", "admin", "Grace", "Hopper");
        var (one, two) = (await site.AdminPageAsync(), await site.SignedInPageAsync(grace.Session, path: "/w/acme/members"));
        await Expect(one.GetByText("There is only one admin")).ToBeHiddenAsync();

        await one.GetByLabel("Role of Grace Hopper").SelectOptionAsync("viewer");
        await Expect(one.GetByText("Grace Hopper is now Viewer.")).ToBeVisibleAsync();
        await Expect(one.GetByText("There is only one admin")).ToBeVisibleAsync();
        await two.GetByLabel("Role of Ada Lovelace").SelectOptionAsync("viewer");
        await Expect(two.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("You may not see this");

        await one.ReloadAsync();
        var ada = (await one.GetByRole(AriaRole.Link, new() { Name = "Ada Lovelace" }).GetAttributeAsync("href"))!.Split('/')[^1];
        using var answer = await scim.DeleteAsync(new Uri($"Users/{ada}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("At least one admin must remain.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(200, (await one.ReloadAsync())!.Status);
    }
}
