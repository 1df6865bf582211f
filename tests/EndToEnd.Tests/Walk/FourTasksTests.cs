using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Walk;

/// <summary>
/// Four tasks that admins have all the time, with as many presses of the mouse as it takes from the member list; <c>docs/tasks.md</c> tells
/// the numbers. A choice from a drop-down list counts as two; what is typed or pasted counts by the press that puts the cursor there.
/// </summary>
public class FourTasksTests(BrowserSession browser)
{
    private const string Count = """
        addEventListener('click', e => {
          if (e.isTrusted && e.detail > 0) sessionStorage.setItem('clicks', 1 + Number(sessionStorage.getItem('clicks')));
        }, true);
        """;

    [Fact]
    public async Task Each_takes_no_more_presses_than_the_documentation_says()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        await TenWaitAsync(site);
        var page = await site.AdminPageAsync();
        await page.Context.AddInitScriptAsync(Count);
        Dictionary<string, int> clicks = new()
        {
            ["Invite 30 people from a spreadsheet"] = await ClicksAsync(page, InviteThirtyAsync),
            ["Give the ten people who wait their seats"] = await ClicksAsync(page, GiveSeatsAsync),
            ["Let everybody of our domain ask to join"] = await ClicksAsync(page, p => OpenDomainAsync(site, p)),
            ["Find out why somebody has access, and take it away"] = await ClicksAsync(page, TakeAwayAsync),
        };
        var told = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "tasks.md"), TestContext.Current.CancellationToken);
        Assert.All(clicks, c => Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| {c.Key} | {c.Value} |"), told));
        Assert.Empty(site.Complaints(page));
    }

    /// <summary>Ten people of the directory who want a seat and have none.</summary>
    private static async Task TenWaitAsync(Site site)
    {
        await using (var db = site.Server.Store.Read())
        {
            var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, default))!;
            var byHand = now.Configuration with { Join = now.Configuration.Join with { AutoAssign = false } };
            await site.Server.Service<ChangeConfiguration>().RunAsync(Actor.Operator, site.Workspace.Id, now.Row.Version, byHand, default);
        }

        for (var i = 0; i < 10; i++)
        {
            await site.ProvisionAsync($"waits{i}@example.com", "Waits", $"Number {i}");
        }
    }

    private static async Task<int> ClicksAsync(IPage page, Func<IPage, Task<int>> task)
    {
        await page.GotoAsync("/w/acme/members");
        await page.EvaluateAsync("sessionStorage.removeItem('clicks')");
        var chosen = await task(page);
        return chosen * 2 + await page.EvaluateAsync<int>("Number(sessionStorage.getItem('clicks'))");
    }

    private static async Task<int> InviteThirtyAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Invite") }).First.ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.Locator("textarea[name=people]")).ToBeFocusedAsync(); // no press is needed to begin
        var cells = string.Join('\n', Enumerable.Range(1, 30).Select(i => $"new{i}@example.com")); // a column of a spreadsheet, as it is pasted
        await page.Keyboard.InsertTextAsync(cells);
        await dialog.Locator("button[type=submit], button.button-primary").Last.ClickAsync();
        await Expect(page.GetByText("The mail to new30@example.com is only a file")).ToBeVisibleAsync();
        return 0;
    }

    private static async Task<int> GiveSeatsAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Assign seats" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Assign seats" }).ClickAsync();
        await Expect(page.GetByText("10 people got a seat")).ToBeVisibleAsync();
        return 0;
    }

    private static async Task<int> OpenDomainAsync(Site site, IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Access", Exact = true }).ClickAsync();
        await page.GetByLabel("Domain", new() { Exact = true }).ClickAsync();
        await page.Keyboard.TypeAsync("corp.example");
        await page.GetByRole(AriaRole.Button, new() { Name = "Claim domain" }).ClickAsync();
        await Expect(page.GetByText("Once it is proven, people with such an address: may ask to join.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Check now: corp.example" }).ClickAsync(); // what one presses once the record is set
        await Expect(page.GetByText("Not proven")).ToBeVisibleAsync();
        var domain = (await site.Server.Service<ListEmailDomains>().RunAsync(Actor.Operator, site.Workspace.Id, default)).Value.Domains[0];
        await site.Server.Service<VerifyEmailDomain>().RunAsync(Actor.Operator, site.Workspace.Id, domain.Id, default); // in place of DNS
        await site.Server.Service<AllowDomainJoin>().RunAsync(Actor.Operator, site.Workspace.Id, true, default);
        await page.GotoAsync("/w/acme/access");
        await Expect(page.GetByLabel("People with such an address")).ToHaveValueAsync("request");
        await AskAsync(site, "zoe@corp.example");
        await page.GotoAsync("/w/acme/members");
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Join requests") }).First).ToBeVisibleAsync();
        await page.GotoAsync("/w/acme/join-requests");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve zoe@corp.example" })).ToBeVisibleAsync();
        return 0;
    }

    /// <summary>Somebody of the domain asks, whom nobody invited and who has no account.</summary>
    private static async Task AskAsync(Site site, string address)
    {
        var stranger = await site.NewPageAsync();
        await stranger.GotoAsync("/w/acme/signin");
        await stranger.GetByRole(AriaRole.Link, new() { Name = "Join with your work address" }).ClickAsync();
        await stranger.GetByLabel("Your e-mail address").FillAsync(address);
        await stranger.GetByRole(AriaRole.Button, new() { Name = "Send me the next step" }).ClickAsync();
        await Expect(stranger.GetByRole(AriaRole.Heading, new() { Name = "Look into your mailbox" })).ToBeVisibleAsync();
        await stranger.GotoAsync(
            await Until.FoundAsync(
                () => site.Server.Mails.SelectMany(m => m.Links).FirstOrDefault(l => l.Contains("/ask/", StringComparison.Ordinal)),
                "a mail with a link to ask to join"
            )
        );
        await stranger.GetByRole(AriaRole.Button, new() { Name = "Ask to join" }).ClickAsync();
        await Expect(stranger.GetByRole(AriaRole.Heading, new() { Name = "Your request waits" })).ToBeVisibleAsync();
        Assert.Empty(site.Complaints(stranger));
    }

    private static async Task<int> TakeAwayAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search members" }).ClickAsync();
        await page.Keyboard.TypeAsync("waits3@");
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("1 member");
        await page.GetByRole(AriaRole.Link, new() { Name = "Active: why?" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByText("came with the directory")).ToBeVisibleAsync();
        await Expect(dialog.GetByText("loses access to")).ToBeVisibleAsync();
        await Artifacts.Screenshot(page, "why-dialog");
        await dialog.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Remove") }).ClickAsync();
        await Expect(page.GetByText("Waits Number 3 was removed and has no access from now on.")).ToBeVisibleAsync();
        return 0;
    }
}
