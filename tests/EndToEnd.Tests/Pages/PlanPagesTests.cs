using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Plans;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>Usage &amp; Billing in a browser: to the portal and back, over the limit, and without script.</summary>
public class PlanPagesTests(BrowserSession browser)
{
    private const string Secret = "whsec_walk";

    [Theory]
    [EachDatabase]
    [Shows("S4-21", "S4-23", "S4-22", "S4-14")]
    public async Task Seats_are_bought_at_the_portal_and_follow_at_once(Database kind)
    {
        await using var stripe = await StripeAsync();
        var address = stripe.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        await using var site = await Site.StartAsync(
            browser,
            kind,
            set: [("Stripe:ApiKey", "sk_test_walk"), ("Stripe:WebhookSecret", Secret), ("Stripe:ApiBase", address)]
        );
        for (var i = 0; i < 7; i++)
        {
            await site.ProvisionAsync($"p{i}@example.com", "Person", $"Number {i}");
        }

        var page = await site.AdminPageAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Usage & Billing" }).ClickAsync();
        await Looks.Good(site, page, "billing-none-set-up");
        await SetAsync(site, t => t with { Tier = PlanTier.Business, Customer = "cus_walk", MailsPerDay = 500 });
        await page.ReloadAsync();
        await Looks.Good(site, page, "billing-business");
        await page.GetByRole(AriaRole.Link, new() { Name = "Upgrade now" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog, new() { Name = "Upgrade now" });
        await Expect(dialog).ToBeVisibleAsync();
        await Looks.Good(site, page, "billing-upgrade-dialog");
        await dialog.GetByRole(AriaRole.Link, new() { Name = "Manage Subscription" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Portal of cus_walk" })).ToBeVisibleAsync();

        await TellAsync(site, "evt_1", 1, 3);
        await page.GotoAsync("/w/acme/subscription"); // as the portal's way back
        await Expect(page.GetByText("8 seats are in use and the plan has 3.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "billing-over-the-limit");
        await TellAsync(site, "evt_2", 2, 40);
        await page.ReloadAsync();
        await Expect(page.GetByText("Over the limit")).ToHaveCountAsync(0);
        await Expect(page.Locator("#limits-seats")).ToHaveAttributeAsync("aria-valuetext", "8 of 40");

        await SetAsync(
            site,
            t =>
                t with
                {
                    Tier = PlanTier.Enterprise,
                    MailsPerDay = null,
                    Contact =
                        "Wolfeschlegelsteinhausenbergerdorff-Hubert-Blaine-Junior, wolfeschlegelsteinhausenbergerdorff.hubert@an-extremely-long-domain.example.com",
                }
        );
        await page.ReloadAsync();
        await Expect(page.GetByText("contact your account manager")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Upgrade now" })).ToHaveCountAsync(0);
        await Looks.Good(site, page, "billing-enterprise");

        await SetAsync(site, t => t with { Tier = PlanTier.Trial, MailsInAll = 20, TrialEnds = new DateOnly(2026, 1, 31), Contact = null });
        await page.ReloadAsync();
        await Looks.Good(site, page, "billing-trial-over");
        await page.GotoAsync("/w/acme/invite");
        await Looks.Good(site, page, "billing-trial-invite");
        await page.GotoAsync("/w/acme/settings");
        await Looks.Good(site, page, "billing-settings");
        Assert.Empty(site.Complaints(page));
    }

    [Fact]
    [Shows("S4-21", "S3-35")]
    public async Task It_works_without_script_and_says_where_there_is_no_billing()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var page = await site.AdminPageAsync(script: false, path: "/w/acme/subscription");
        await page.GetByRole(AriaRole.Link, new() { Name = "Upgrade now" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/subscription/upgrade$"));
        await Expect(page.GetByText("Whoever runs the server changes its plan.")).ToBeVisibleAsync();
        await Looks.Good(site, await site.AdminPageAsync(path: "/w/acme/subscription/upgrade"), "billing-upgrade-page");

        await using var other = await Site.StartAsync(browser, Database.Sqlite, "provider");
        var limits = await other.AdminPageAsync(path: "/w/acme/subscription");
        await Expect(limits.GetByRole(AriaRole.Heading, new() { Name = "Limits" })).ToBeVisibleAsync();
        await Looks.Good(other, limits, "billing-provider");
    }

    private static Task<Membership.Outcome<Membership.Workspaces.WorkspaceContext>> SetAsync(
        Site site,
        Func<PlanTerms, PlanTerms> change
    ) => site.Server.Service<SetPlan>().RunAsync(Actor.Operator, site.Workspace.Id, change, default);

    private static async Task TellAsync(Site site, string id, int second, int quantity)
    {
        var items = new { data = new[] { new { quantity } } };
        var subscription = new
        {
            id = "sub_walk",
            @object = "subscription",
            customer = "cus_walk",
            status = "active",
            items,
        };
        var body = JsonSerializer.Serialize(
            new
            {
                id,
                type = "customer.subscription.updated",
                created = 1_790_000_000 + second,
                data = new { @object = subscription },
            }
        );
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{at}.{body}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/billing/stripe") { Content = new StringContent(body) };
        request.Headers.TryAddWithoutValidation("Stripe-Signature", $"t={at},v1={Convert.ToHexStringLower(mac)}");
        using var answer = await site.Server.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Stands in for Stripe: opens a portal of its own for whoever is named.</summary>
    private static async Task<WebApplication> StripeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost(
            "/v1/billing_portal/sessions",
            async (HttpRequest request) =>
            {
                var form = await request.ReadFormAsync();
                return Results.Json(
                    new { @object = "billing_portal.session", url = $"http://{request.Host}/portal?of={form["customer"]}" }
                );
            }
        );
        app.MapGet(
            "/portal",
            (string of) =>
                Results.Text(
                    $"<!doctype html><html lang=en><title>Portal</title><link rel=icon href=data:,><h1>Portal of {of}</h1></html>",
                    "text/html"
                )
        );
        await app.StartAsync();
        return app;
    }
}
