using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Webhooks;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Webhooks as an admin meets them: none, a slip, the secret once, a test that gets through and one that does not.</summary>
public class WebhookPagesTests(BrowserSession browser)
{
    [Fact]
    public async Task An_endpoint_is_added_tried_looked_into_and_removed()
    {
        Membership.Outcome<WebhookAnswer> answer = new WebhookAnswer(200, "{\"ok\":true}");
        // the app at the other end; the server itself dials nothing inside
        await using var site = await Site.StartAsync(
            browser,
            Database.Sqlite,
            configure: b => b.Services.AddSingleton<WebhookPost>((_, _) => Task.FromResult(answer))
        );
        var page = await site.AdminPageAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Webhooks" }).ClickAsync();
        await Expect(page.GetByText("No endpoint yet")).ToBeVisibleAsync();
        await Looks.Good(site, page, "webhooks-none");

        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Billing");
        await page.GetByLabel("Address").FillAsync("http://billing.example.com/webhooks");
        await page.GetByLabel("member.suspended").CheckAsync();
        await page.GetByLabel("member.joined").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Add endpoint" }).ClickAsync();
        await Expect(page.GetByText("An endpoint's address is an absolute https address").First).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToHaveValueAsync("Billing");
        await Expect(page.GetByLabel("member.suspended")).ToBeCheckedAsync();
        await Looks.Good(site, page, "webhooks-error");

        await page.GetByLabel("Address")
            .FillAsync("https://billing.example.com/a/rather/long/address/of/an/endpoint/that/somebody/thought/of");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add endpoint" }).ClickAsync();
        await Expect(page.Locator("#new-secret")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("^whsec_"));
        site.Server.Secrets.Note(await page.Locator("#new-secret").InputValueAsync(), "webhook");
        await Looks.Good(site, page, "webhook-new");

        await page.GetByRole(AriaRole.Button, new() { Name = "Send test" }).ClickAsync();
        await Expect(page.Locator("#delivery")).ToBeVisibleAsync(); // a page that is still on its way cannot be loaded anew
        await Until.TrueAsync(async () =>
        {
            await page.ReloadAsync();
            return await page.Locator("#delivery").GetByText("Delivered").CountAsync() > 0;
        });
        await Expect(page.Locator("#delivery")).ToContainTextAsync("webhook.test");
        await Looks.Good(site, page, "webhook-delivery");

        answer = new Refusal(RefusalKind.Unavailable, "unreachable", "The endpoint did not answer within 5 seconds.");
        await site.ProvisionAsync("grace@example.com");
        await Until.TrueAsync(async () =>
        {
            await page.ReloadAsync();
            return await page.GetByText("Nothing gets through").CountAsync() > 0;
        });
        await page.Locator("#deliveries").GetByRole(AriaRole.Link, new() { Name = "member.joined" }).ClickAsync();
        await Expect(page.Locator("#delivery")).ToContainTextAsync("The endpoint did not answer within 5 seconds.");
        await Looks.Good(site, page, "webhook-failing");

        await page.GotoAsync("/w/acme/webhooks");
        await Expect(page.Locator("#webhooks").GetByText("Failing")).ToBeVisibleAsync();
        await Looks.Good(site, page, "webhooks");
        await page.GetByRole(AriaRole.Link, new() { Name = "Billing", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn off" }).ClickAsync();
        await Expect(page.GetByText("Off. What happens meanwhile is kept.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove endpoint" }).ClickAsync();
        await Expect(page.GetByText("Billing is told nothing more.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_pages_of_the_REST_door_look_right()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.NewPageAsync();
        await page.GotoAsync("/docs/api");
        await page.Locator("details").First.Locator("summary").ClickAsync();
        await Looks.Good(site, page, "docs-api");
    }
}
