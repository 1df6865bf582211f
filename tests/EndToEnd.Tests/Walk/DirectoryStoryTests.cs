using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Walk;

/// <summary>
/// The whole life of a directory in browsers: connected by a link in hold mode, its plan read and applied, a mass leave by mistake held
/// and undone, and those who wait for seats. With <c>USERMANAGEMENT_STORY=whole</c> it is one of 2,000 people and 40 groups.
/// </summary>
public class DirectoryStoryTests(BrowserSession browser)
{
    private static readonly bool IsWhole = Environment.GetEnvironmentVariable("USERMANAGEMENT_STORY") == "whole";

    private static readonly (int People, int Groups, int Wait, int AtOnce) Size = IsWhole ? (2000, 40, 30, 50) : (40, 4, 5, 3);

    private static int Leavers => Size.People * 30 / 100;

    [Theory]
    [EachDatabase]
    public async Task A_directory_is_connected_planned_applied_lost_and_undone_and_those_who_wait_get_their_seats(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var (_, ada) = await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        await SeatsAsync(site, Size.People - Size.Wait + (ada.HasSeat ? 1 : 0));
        var admin = await site.AdminPageAsync(path: "/w/acme/directory/held");
        await RulesAsync(admin, "Hold who would be let in, too", "");

        // the customer's IT person has a link and nothing else
        await admin.GotoAsync("/w/acme/directory/links");
        await admin.GetByLabel("For whom").FillAsync("Jo of Acme IT");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var address = new Uri(await admin.Locator("#portal-link").InputValueAsync()).AbsolutePath;
        var customer = await site.NewPageAsync();
        await customer.GotoAsync(address);
        await customer.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await customer.GetByRole(AriaRole.Link, new() { Name = "Go on: Connect your directory" }).ClickAsync();
        await customer.GetByRole(AriaRole.Link, new() { Name = "Microsoft Entra ID", Exact = true }).ClickAsync();
        await customer.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        var token = await customer.GetByLabel("Secret token", new() { Exact = true }).InputValueAsync();
        await SimulateAsync(site, token, "--cycles", "1");
        await site.Server.Service<ProvisioningLog>().FlushAsync(true, default);
        await customer.GetByRole(AriaRole.Link, new() { Name = "Look again" }).ClickAsync();
        await Expect(customer.Locator("#arrived")).ToContainTextAsync("Microsoft Entra ID, recognized by");

        // what SCIM has no name for, and a mapping tried on those who came
        await admin.GotoAsync("/w/acme/directory/mapping");
        await admin.GetByLabel("Name", new() { Exact = true }).FillAsync("shift");
        await admin.GetByLabel("What it means").FillAsync("When the person works: early, late or night");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Define" }).ClickAsync();
        await Expect(admin.GetByText("shift is kept from now on")).ToBeVisibleAsync();
        await Looks.Good(site, admin, "mapping-attributes");
        await admin.GetByLabel("User name from").FillAsync("externalId");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Try it" }).ClickAsync();
        await Expect(admin.GetByText("Nobody would be refused.")).ToBeVisibleAsync();
        await PictureAsync(site, admin, "story-mapping");

        // nobody is in but the admin, who reads the plan and applies it
        Assert.Equal((1, 0), await InAsync(site));
        await admin.GotoAsync("/w/acme/directory/held");
        await Expect(admin.GetByText($"{Number(Size.People)} let in once that is carried out")).ToBeVisibleAsync();
        await Expect(admin.GetByText($"needs {Number(Size.People)} seats; {Number(Size.People - Size.Wait)} are free")).ToBeVisibleAsync();
        await PictureAsync(site, admin, "story-plan");
        await DecideAllAsync(admin, "Carry all out");
        await UntilNothingWaitsAsync(site, admin);
        Assert.Equal((Size.People + 1, Size.Wait), await InAsync(site));
        await RulesAsync(admin, "Carry everything out", $"{Size.AtOnce}");

        // it loses a third by mistake; the breaker lets a few go and holds the others
        await SimulateAsync(site, await TokenAsync(site, "Entra, filtered wrongly"), "--scenario", "mass-leave", "--go-on");
        await site.Server.Service<ProvisioningLog>().FlushAsync(true, default);
        Assert.Equal(Size.People + 1 - Size.AtOnce, (await InAsync(site)).Active);
        await admin.GotoAsync("/w/acme/directory/held");
        await Expect(admin.GetByText($"{Number(Leavers - Size.AtOnce)} deactivated once that is carried out")).ToBeVisibleAsync();
        await PictureAsync(site, admin, "story-breaker");

        // the admin takes the cycle back
        await admin.GotoAsync("/w/acme/directory/log");
        await admin
            .Locator("details.cycle", new() { HasText = "Entra, filtered wrongly" })
            .GetByRole(AriaRole.Link, new() { Name = "Undo this cycle" })
            .ClickAsync();
        await Expect(admin.GetByRole(AriaRole.Heading, new() { Name = "What would be done" })).ToBeVisibleAsync();
        await PictureAsync(site, admin, "story-undo");
        await admin.GetByRole(AriaRole.Textbox).FillAsync($"{Leavers}");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Undo this cycle" }).ClickAsync();
        await Expect(admin.GetByText("are as they were before the cycle")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        Assert.Equal((Size.People + 1, Size.Wait), await InAsync(site));
        await admin.GotoAsync("/w/acme/directory/held");
        await Expect(admin.GetByText("Nothing waits")).ToBeVisibleAsync();

        // those who wait get their seats when the plan grows
        await admin.GotoAsync("/w/acme/seats/waiting");
        await Expect(admin.GetByRole(AriaRole.Row)).ToHaveCountAsync(Size.Wait + 1);
        await PictureAsync(site, admin, "story-waiting");
        var grown = await site
            .Server.Service<SetPlan>()
            .RunAsync(Actor.Operator, site.Workspace.Id, t => t with { Seats = t.Seats + Size.Wait }, default);
        Assert.True(grown.Done, grown.Refusal?.Message);
        await Until.TrueAsync(async () => await InAsync(site) == (Size.People + 1, 0)); // by a job, however many they are
        await admin.ReloadAsync();
        await Expect(admin.GetByText("Nobody waits for a seat")).ToBeVisibleAsync();
        Assert.Empty(await new VerifyCounters(site.Server.Store).RunAsync(default));
        Assert.Empty(site.Complaints(admin).Concat(site.Complaints(customer)));
    }

    // these pages are looked at by tests of their own; the whole story has pictures of its own size
    private static Task PictureAsync(Site site, IPage page, string name) => IsWhole ? Looks.Good(site, page, name) : Task.CompletedTask;

    private static async Task SimulateAsync(Site site, string token, params string[] more)
    {
        using var report = new StringWriter(CultureInfo.InvariantCulture);
        var scim = $"{site.Server.Settings.Urls[0].ToString().TrimEnd('/')}/scim/v2/acme";
        string[] size = ["--users", $"{Size.People}", "--groups", $"{Size.Groups}", "--seed", "40", "--parallel", "8"];
        var code = await SimulateCommand.RunAsync(["entra", "--url", scim, "--token", token, .. size, .. more], report, report, default);
        Assert.True(code == 0, report.ToString());
    }

    private static async Task<string> TokenAsync(Site site, string name) =>
        (await site.Server.Service<CreateScimCredential>().RunAsync(Actor.Operator, site.Workspace.Id, name, null, default)).Value.Token;

    private static async Task RulesAsync(IPage page, string mode, string people)
    {
        await page.GotoAsync("/w/acme/directory/held");
        var card = page.Locator("#hold-rules");
        await card.GetByLabel("What the directory says").SelectOptionAsync(new SelectOptionValue { Label = mode });
        await card.GetByLabel("People at once").FillAsync(people);
        await card.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.GetByText("The rules for what is held are saved.")).ToBeVisibleAsync();
    }

    private static async Task DecideAllAsync(IPage page, string act)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = act }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Textbox).FillAsync($"{Size.People}");
        await dialog
            .GetByLabel("What the directory says afterwards")
            .SelectOptionAsync(new SelectOptionValue { Label = "Carry everything out from now on" });
        await dialog.GetByRole(AriaRole.Button, new() { Name = act }).ClickAsync();
        await Expect(page.GetByText("What the directory says is carried out.")).ToBeVisibleAsync();
    }

    private static async Task UntilNothingWaitsAsync(Site site, IPage page)
    {
        await Until.TrueAsync(async () =>
        {
            await using var db = site.Server.Store.Read();
            return !await db.Members.AnyAsync(m => m.WorkspaceId == site.Workspace.Id && m.HeldUntil != null);
        });
        await page.ReloadAsync();
        await Expect(page.GetByText("Nothing waits")).ToBeVisibleAsync();
    }

    private static async Task<(int Active, int Waiting)> InAsync(Site site)
    {
        await using var db = site.Server.Store.Read();
        var active = db.Members.Where(m => m.WorkspaceId == site.Workspace.Id && m.State == MemberState.Active);
        return (await active.CountAsync(), await active.CountAsync(m => m.WaitsSince != null && !m.HasSeat));
    }

    private static async Task SeatsAsync(Site site, int seats)
    {
        await using var db = site.Server.Store.Read();
        var now = (await WorkspaceContext.ByIdAsync(db, site.Workspace.Id, default))!.Configuration;
        var wanted = now with { Capacity = now.Capacity with { Seats = seats, OnFull = OnFull.Waitlist } };
        var done = await new ChangeConfiguration(site.Server.Store).RunAsync(Actor.Operator, site.Workspace.Id, null, wanted, default);
        Assert.True(done.Done, done.Refusal?.Message);
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
