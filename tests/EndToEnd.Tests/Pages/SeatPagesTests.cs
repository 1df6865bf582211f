using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Waiting for a seat, in a browser.</summary>
public class SeatPagesTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    [Shows("S4-20")]
    public async Task Ten_who_wait_get_their_seats_with_two_clicks(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var page = await site.AdminPageAsync();
        await SeatsAsync(site, 1, OnFull.Downgrade);
        await page.GotoAsync("/w/acme/seats/waiting");
        await Looks.Good(site, page, "seats-waiting-none");
        await site.ProvisionAsync(
            "wolfeschlegelsteinhausenbergerdorff.hubert.blaine.the.first@an-extremely-long-domain.example.com",
            "Adolph",
            "Wolfeschlegelsteinhausenbergerdorff-Hubert-Blaine-Junior-Senior-The-Very-First-Of-That-Name"
        );
        for (var i = 0; i < 60; i++)
        {
            await site.ProvisionAsync($"person{i:00}@example.com", "Person", $"Number {i:00}");
        }

        await SeatsAsync(site, 11, OnFull.Downgrade);
        await page.GotoAsync("/w/acme/members");
        await page.GetByRole(AriaRole.Button, new() { Name = "More about all members" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Waiting for a seat" }).ClickAsync();
        await Looks.Good(site, page, "seats-waiting");
        await page.GetByRole(AriaRole.Button, new() { Name = "Give 10 people their seats" }).ClickAsync();
        await Expect(page.GetByText("10 people got a seat")).ToBeVisibleAsync();
        Assert.Empty(site.Complaints(page));
    }

    [Theory]
    [EachDatabase]
    public async Task The_next_in_line_gets_the_seat_that_is_taken_back(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var page = await site.AdminPageAsync();
        var grace = await site.ProvisionAsync("grace@example.com", "Grace", "Hopper");
        grace = await MemberAge.CameAsync(site.Server.Store, grace, TimeProvider.System.GetUtcNow().AddDays(-121));
        await site.SeenAsync(grace, TimeSpan.FromDays(120));
        await SeatsAsync(site, 2, OnFull.Waitlist);
        var alan = await site.ProvisionAsync("alan@example.com", "Alan", "Babbage");
        await site.GroupAsync("Board", [alan]);
        await page.GotoAsync($"/w/acme/members/{alan.Id}");
        await Expect(page.GetByText("Waits: first in line")).ToBeVisibleAsync();
        await page.GetByLabel("Last day").FillAsync("2035-01-31");
        await Looks.Good(site, page, "member-waits");
        await page.GotoAsync("/w/acme/seats/idle");
        await Looks.Good(site, page, "seats-idle");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take the seats back" }).ClickAsync();
        await page.GotoAsync($"/w/acme/members/{alan.Id}");
        await Expect(page.GetByText("Holds a seat")).ToBeVisibleAsync();
        await page.GotoAsync("/w/acme/seats/idle");
        await Looks.Good(site, page, "seats-idle-none");
        await page.GotoAsync("/w/acme/settings");
        await Looks.Good(site, page, "settings-waitlist");
        await page.GotoAsync("/w/acme/groups");
        await page.GetByRole(AriaRole.Link, new() { Name = "Board" }).ClickAsync();
        await Looks.Good(site, page, "group-seats");
        Assert.Empty(site.Complaints(page));
    }

    private static async Task SeatsAsync(Site site, int seats, OnFull full)
    {
        await using var db = site.Server.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, default))!;
        var wanted = now.Configuration with { Capacity = now.Configuration.Capacity with { Seats = seats, OnFull = full } };
        var done = await new ChangeConfiguration(site.Server.Store).RunAsync(Actor.Operator, site.Workspace.Id, null, wanted, default);
        Assert.True(done.Done, done.Refusal?.Message);
    }
}
