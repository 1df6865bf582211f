using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The provisioning log in a browser, of a directory as Entra behaves.</summary>
public class ProvisioningPagesTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    public async Task An_admin_sees_what_a_directory_did_why_something_failed_and_what_to_do(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var page = await site.AdminPageAsync(path: "/w/acme/directory");
        await page.GetByRole(AriaRole.Link, new() { Name = "Provisioning log" }).ClickAsync();
        await Expect(page.GetByText("No directory has asked yet")).ToBeVisibleAsync();
        await Looks.Good(site, page, "provisioning-none");

        var token = (
            await site
                .Server.Service<CreateScimCredential>()
                .RunAsync(Actor.Operator, site.Workspace.Id, "Microsoft Entra", TimeSpan.FromDays(20), default)
        )
            .Value
            .Token;
        var scim = $"{site.Server.Settings.Urls[0].ToString().TrimEnd('/')}/scim/v2/acme";
        using var report = new StringWriter(CultureInfo.InvariantCulture);
        var code = await SimulateCommand.RunAsync(
            ["entra", "--url", scim, "--token", token, "--users", "24", "--groups", "3", "--seed", "12", "--keep"],
            report,
            report,
            default
        );
        Assert.True(code == 0, report.ToString());
        using var entra = Site.ScimClient(scim, token);
        var name = "Wolfeschlegelsteinhausenbergerdorff-Hubert-Blaine-Junior-Senior-The-Very-First-Of-That-Name";
        const string login = "wolfeschlegelsteinhausenbergerdorff.hubert.blaine.the.first@an-extremely-long-domain.example.com";
        using var made = await entra.PostAsync("Users", Site.ScimUser(login, "Adolph", name));
        using var again = await entra.PostAsync("Users", Site.ScimUser(login, "Adolph", name));
        Assert.Equal((201, 409), ((int)made.StatusCode, (int)again.StatusCode));
        using var stranger = Site.ScimClient(scim, new string('x', 40));
        using var refused = await stranger.GetAsync("Users");
        await site.Server.Service<ProvisioningLog>().FlushAsync(true, default);

        await page.ReloadAsync();
        await Expect(page.Locator("details.cycle")).ToHaveCountAsync(1);
        await Looks.Good(site, page, "provisioning-log");
        await page.GetByRole(AriaRole.Link, new() { Name = "Only failures" }).ClickAsync();
        await Expect(page.GetByText("Match by userName, so that the directory finds them").First).ToBeVisibleAsync();
        await Looks.Good(site, page, "provisioning-failures");
        await page.GetByRole(AriaRole.Link, new() { Name = login }).ClickAsync();
        await Expect(page.GetByText("Somebody with this userName is already there.").First).ToBeVisibleAsync();
        await Expect(page.Locator("#payload")).ToContainTextAsync(login);
        await Looks.Good(site, page, "provisioning-line");
        await page.GetByRole(AriaRole.Link, new() { Name = "Everything of this cycle" }).ClickAsync();
        await Expect(page.Locator("details.cycle")).ToHaveCountAsync(1);

        await site.Server.Service<WatchDirectories>().RunAsync(default);
        await page.GotoAsync("/w/acme/directory");
        await Expect(page.Locator("#concerns")).ToContainTextAsync("The token Microsoft Entra ends on");
        await Looks.Good(site, page, "directory-concerns");
        await page.GetByRole(AriaRole.Link, new() { Name = "Provisioning log" }).ClickAsync();
        await page.GetByLabel("Person or group").FillAsync(login);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await Expect(page.Locator(".pager-summary")).ToHaveTextAsync("2 on this page, newest first");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "CSV" }).ClickAsync());
        Assert.Equal(
            3,
            (await File.ReadAllTextAsync(await download.PathAsync())).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length
        );
        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = name }).First.ClickAsync();
        await Expect(page.Locator("#directory-said")).ToContainTextAsync("was created");
        await Looks.Good(site, page, "provisioning-member");
        Assert.Empty(site.Complaints(page));
    }
}
