using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Seats for those who wait, links for many, and asking to join by one's domain, in browsers.</summary>
public class WaysInTests(BrowserSession browser)
{
    /// <summary>Three presses from the list: "Assign seats", and once more in the dialog; the third takes it back.</summary>
    [Theory]
    [EachDatabase]
    [Shows("S4-20", "S4-44")]
    public async Task Those_who_wait_get_their_seats_in_two_presses_and_the_list_is_taken_away_as_it_is_seen(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var page = await site.AdminPageAsync();
        await AutoAssignAsync(site, false);
        for (var i = 0; i < 27; i++)
        {
            await site.ProvisionAsync($"person{i:00}@example.com", "Person", $"Number {i:00}");
        }

        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Assign seats" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("27 people have no seat, 24 seats are free.");
        await Expect(dialog).ToContainTextAsync("3 stay as they are.");
        await Looks.Good(site, page, "seats-assign-dialog");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Assign seats" }).ClickAsync();
        await Expect(page.GetByText("24 people got a seat, 3 are without one.")).ToBeVisibleAsync();
        await Expect(page.Locator(".meter-value").First).ToHaveTextAsync("25 / 25");

        await page.GetByLabel("Seat", new() { Exact = true }).SelectOptionAsync("without");
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("3 members");
        var search = page.GetByRole(AriaRole.Searchbox, new() { Name = "Search members" });
        await search.FillAsync("number");
        await search.PressAsync("Enter"); // searches, and takes nothing away
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "CSV" }).ClickAsync());
        Assert.Equal("acme-members.csv", download.SuggestedFilename);
        var lines = (await File.ReadAllTextAsync(await download.PathAsync())).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((4, true), (lines.Length, lines[1..].All(l => l.EndsWith("\"no\",\"no\"", StringComparison.Ordinal))));

        await page.GotoAsync("/w/acme/members");
        await page.GetByRole(AriaRole.Link, new() { Name = "Assign seats" }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Nobody can get one now.");
        Assert.Empty(site.Complaints(page));
    }

    [Theory]
    [EachDatabase]
    [Shows("S4-27", "S4-55")]
    public async Task A_link_for_many_is_made_and_a_stranger_opens_it(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var page = await site.AdminPageAsync(path: "/w/acme/invitations");
        await page.GetByRole(AriaRole.Link, new() { Name = "Invite links" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make link for Member" }).ClickAsync();
        var link = await page.GetByRole(AriaRole.Textbox, new() { Name = "Link for Member" }).InputValueAsync();
        await Looks.Good(site, page, "invite-links");

        var stranger = await site.NewPageAsync();
        await stranger.GotoAsync(link);
        await Expect(stranger.GetByRole(AriaRole.Heading, new() { Name = "Join Acme" })).ToBeVisibleAsync();
        await Looks.Good(site, stranger, "join-by-link");
        await stranger.GetByLabel("Your e-mail address").FillAsync("grace@example.com");
        await stranger.GetByRole(AriaRole.Button, new() { Name = "Send me the next step" }).ClickAsync();
        await Expect(stranger.GetByRole(AriaRole.Heading, new() { Name = "Look into your mailbox" })).ToBeVisibleAsync();
        await Looks.Good(site, stranger, "join-by-link-mailed");

        string proof;
        await using (var db = site.Server.Store.Read())
        {
            proof = site.Server.Store.Box.OpenText(
                Invitation.MailPurpose,
                db.Invitations.Single(i => i.UserName == "grace@example.com").MailSealed
            )!;
        }

        await stranger.GotoAsync("/invite/" + proof);
        await stranger.Locator("#create").GetByLabel("First name").FillAsync("Grace");
        await stranger.Locator("#create").GetByLabel("New password", new() { Exact = true }).FillAsync(Site.Password);
        await stranger.GetByRole(AriaRole.Button, new() { Name = "Create account and join" }).ClickAsync();
        await Expect(stranger.GetByText("You hold a seat")).ToBeVisibleAsync();
        await page.GotoAsync("/w/acme/invite-links");
        await Expect(page.GetByText("Who joined by it")).ToBeVisibleAsync();
        Assert.Empty(site.Complaints(page));
    }

    [Theory]
    [EachDatabase]
    [Shows("B-07", "S4-38")]
    public async Task A_domain_lets_people_ask_and_an_admin_says_yes(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var page = await site.AdminPageAsync(path: "/w/acme/access");
        await page.GetByLabel("Domain", new() { Exact = true }).FillAsync("corp.example");
        await page.GetByRole(AriaRole.Button, new() { Name = "Claim domain" }).ClickAsync();
        await Expect(page.GetByText("Not proven")).ToBeVisibleAsync();
        await Looks.Good(site, page, "access-claimed");
        var domain = (await site.Server.Service<ListEmailDomains>().RunAsync(Actor.Operator, site.Workspace.Id, default)).Value.Domains[0];
        await site.Server.Service<VerifyEmailDomain>().RunAsync(Actor.Operator, site.Workspace.Id, domain.Id, default);
        await site.Server.Service<AllowDomainJoin>().RunAsync(Actor.Operator, site.Workspace.Id, true, default);
        await page.ReloadAsync();
        await page.GetByLabel("People with such an address").SelectOptionAsync("request");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save corp.example" }).ClickAsync();
        await Expect(page.GetByText("corp.example: may ask to join.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "access-proven");
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove corp.example" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("corp.example");
        await Looks.Good(site, page, "access-remove-dialog");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Link, new() { Name = "Cancel" }).ClickAsync();

        var stranger = await site.NewPageAsync();
        await stranger.GotoAsync("/w/acme/signin");
        await stranger.GetByRole(AriaRole.Link, new() { Name = "Join with your work address" }).ClickAsync();
        await Looks.Good(site, stranger, "ask-to-join");
        await stranger.GetByLabel("Your e-mail address").FillAsync("grace@corp.example");
        await stranger.GetByRole(AriaRole.Button, new() { Name = "Send me the next step" }).ClickAsync();
        await Expect(stranger.GetByRole(AriaRole.Heading, new() { Name = "Look into your mailbox" })).ToBeVisibleAsync();
        string proof;
        await using (var db = site.Server.Store.Read())
        {
            proof = site.Server.Store.Box.OpenText(JoinRequest.ProofPurpose, db.JoinRequests.Single().ProofSealed)!;
        }

        await stranger.GotoAsync("/ask/" + proof);
        await stranger.GetByRole(AriaRole.Button, new() { Name = "Ask to join" }).ClickAsync();
        await Expect(stranger.GetByRole(AriaRole.Heading, new() { Name = "Your request waits" })).ToBeVisibleAsync();

        await page.GotoAsync("/w/acme/members");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Join requests") }).First.ClickAsync();
        await Looks.Good(site, page, "join-requests");
        await page.GetByLabel("Role of grace@corp.example").SelectOptionAsync("viewer");
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve grace@corp.example" }).ClickAsync();
        await Expect(page.GetByText("grace@corp.example is invited")).ToBeVisibleAsync();
        Assert.Empty(site.Complaints(page));
    }

    [Fact]
    [Shows("S0-25")]
    public async Task A_moment_is_told_in_the_words_of_the_readers_calendar()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite, "licensed");
        var member = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        var page = await site.AdminPageAsync();
        await Expect(page.GetByText("Never active")).ToBeVisibleAsync();
        await site.SeenAsync(member, TimeSpan.FromMinutes(12));
        await page.ReloadAsync();
        await Expect(page.GetByText("12 minutes ago")).ToBeVisibleAsync();
        const string words = """
            async () => {
              const href = [...document.querySelectorAll('link[rel=modulepreload]')].map(l => l.href).find(h => /\/time[^/]*\.js/.test(h));
              const { relative } = await import(href);
              const now = new Date(2026, 5, 10, 8, 0);
              return [new Date(2026, 5, 10, 6, 0), new Date(2026, 5, 9, 23, 50), new Date(2026, 5, 9, 7, 0), new Date(2026, 5, 7, 9, 0)]
                .map(then => relative(then, now));
            }
            """;
        Assert.Equal(["2 hours ago", "Yesterday", "Yesterday", "3 days ago"], await page.EvaluateAsync<string[]>(words));
    }

    private static async Task AutoAssignAsync(Site site, bool isOn)
    {
        await using var db = site.Server.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, default))!;
        await site
            .Server.Service<ChangeConfiguration>()
            .RunAsync(
                Actor.Operator,
                site.Workspace.Id,
                now.Row.Version,
                now.Configuration with
                {
                    Join = now.Configuration.Join with { AutoAssign = isOn },
                },
                default
            );
    }
}
