using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Provisioning;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The set-up portal in browsers: the admin who makes a link, and the customer's IT person who has nothing else.</summary>
public class PortalPagesTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    public async Task Somebody_without_an_account_connects_entra_the_sign_in_and_the_domain_by_a_link(Database kind)
    {
        await using var dns = new DnsStandIn();
        await using var site = await Site.StartAsync(browser, kind, configure: Probe, set: ("Dns:Server", dns.Address.ToString()));
        await site.JoinAsync(Site.Ada, "admin", "Ada", "Lovelace");
        var admin = await site.AdminPageAsync(path: "/w/acme/directory");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Set-up links" }).ClickAsync();
        await admin.GetByLabel("For whom").FillAsync("Jo of Acme IT");
        await admin.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var address = new Uri(await admin.Locator("#portal-link").InputValueAsync()).AbsolutePath;
        await Looks.Good(site, admin, "portal-links");

        // The IT person opens it, in a browser of their own.
        var page = await site.NewPageAsync();
        await page.GotoAsync(address);
        await Expect(page.GetByText("Ada Lovelace asks you to connect your organisation with Acme.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "portal-begin");
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("0 of 3 done")).ToBeVisibleAsync();
        await Looks.Good(site, page, "portal-list");

        // The directory, in Entra's own words.
        await page.GetByRole(AriaRole.Link, new() { Name = "Go on: Connect your directory" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Microsoft Entra ID", Exact = true }).ClickAsync();
        await Expect(page.GetByLabel("Tenant URL", new() { Exact = true })).ToHaveValueAsync(site.Server.Links.Scim("acme"));
        await Looks.Good(site, page, "portal-entra");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        var token = await page.GetByLabel("Secret token", new() { Exact = true }).InputValueAsync();
        await Looks.Good(site, page, "portal-token");
        var scim = $"{site.Server.Settings.Urls[0].ToString().TrimEnd('/')}/scim/v2/acme";
        using var report = new StringWriter(CultureInfo.InvariantCulture);
        Assert.True(
            await SimulateCommand.RunAsync(
                ["entra", "--url", scim, "--token", token, "--users", "12", "--groups", "2", "--seed", "12", "--keep"],
                report,
                report,
                default
            ) == 0,
            report.ToString()
        );
        using var entra = Site.ScimClient(scim, token);
        using var made = await entra.PostAsync("Users", Site.ScimUser("grace@acme.example", "Grace", "Hopper"));
        using var again = await entra.PostAsync("Users", Site.ScimUser("grace@acme.example", "Grace", "Hopper"));
        Assert.Equal((201, 409), ((int)made.StatusCode, (int)again.StatusCode));
        await site.Server.Service<ProvisioningLog>().FlushAsync(true, default);
        await page.GetByRole(AriaRole.Link, new() { Name = "Look again" }).ClickAsync();
        await Expect(page.Locator("#arrived")).ToContainTextAsync("Microsoft Entra ID, recognized by");
        await Expect(page.Locator("#arrived")).ToContainTextAsync("Match by userName, so that the directory finds them");
        await Looks.Good(site, page, "portal-arrived");

        // The sign-in.
        await page.GetByRole(AriaRole.Link, new() { Name = "Connect your sign-in" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Okta" }).ClickAsync();
        await page.GetByLabel("Okta domain with https").FillAsync("https://down.okta.com");
        await page.GetByLabel("Client ID", new() { Exact = true }).FillAsync("client-of-acme");
        await page.GetByLabel("Client secret", new() { Exact = true }).FillAsync("a secret of theirs");
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Expect(page.Locator(".field-error")).ToBeVisibleAsync();
        await Looks.Good(site, page, "portal-okta-refused");
        await page.GetByLabel("Okta domain with https").FillAsync("https://acme.okta.com");
        await page.GetByLabel("Client secret", new() { Exact = true }).FillAsync("a secret of theirs");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Okta is connected. Try it now.")).ToBeVisibleAsync();
        await Looks.Good(site, page, "portal-connected");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try it: Okta" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sign in with Okta" })).ToBeVisibleAsync();
        await Looks.Good(site, page, "portal-try");

        // The domain.
        await page.GetByRole(AriaRole.Link, new() { Name = "Prove your domain" }).ClickAsync();
        await page.GetByLabel("Domain", new() { Exact = true }).FillAsync("acme.example");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the record" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Check now: acme.example" }).ClickAsync();
        await Expect(page.GetByText("There is no TXT record at")).ToBeVisibleAsync();
        await Looks.Good(site, page, "portal-domain-missing");
        dns.Set(
            await page.GetByLabel("Name of the TXT record", new() { Exact = true }).InputValueAsync(),
            await page.GetByLabel("Its text", new() { Exact = true }).InputValueAsync()
        );
        await page.GetByRole(AriaRole.Button, new() { Name = "Check now: acme.example" }).ClickAsync();
        await Expect(page.GetByText("acme.example is proven to be yours")).ToBeVisibleAsync();
        await Looks.Good(site, page, "portal-domain");

        // The log, and all done.
        await page.GetByRole(AriaRole.Link, new() { Name = "Log", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Only failures" }).ClickAsync();
        await Looks.Good(site, page, "portal-log");
        await page.GetByRole(AriaRole.Link, new() { Name = "grace@acme.example" }).ClickAsync();
        await Expect(page.Locator("#payload")).ToContainTextAsync("grace@acme.example");
        await Looks.Good(site, page, "portal-line");
        await page.GotoAsync("/portal");
        await Expect(page.GetByText("All is set up")).ToBeVisibleAsync();
        await Looks.Good(site, page, "portal-done");

        // The admin takes the link back while a form of it is open.
        await page.GotoAsync("/portal/sign-in?provider=onelogin");
        await page.GetByLabel("Issuer URL").FillAsync("https://acme.onelogin.com/oidc/2");
        await page.GetByLabel("Client ID", new() { Exact = true }).FillAsync("typed-by-hand");
        await page.GetByLabel("Client secret", new() { Exact = true }).FillAsync("a secret of theirs");
        await admin.GotoAsync("/w/acme/directory/links");
        await admin.GetByRole(AriaRole.Link, new() { Name = "Revoke the link for Jo of Acme IT" }).ClickAsync();
        await admin.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Revoke link" }).ClickAsync();
        await Expect(admin.GetByText("opens nothing any more")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "This link is over" })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Client id", new() { Exact = true })).ToHaveValueAsync("typed-by-hand");
        await Expect(page.GetByText("a secret of theirs")).ToHaveCountAsync(0);
        await admin.GotoAsync("/w/acme/audit");
        await Expect(admin.GetByText("portal link of Ada Lovelace (Jo of Acme IT)").First).ToBeVisibleAsync();
    }

    /// <summary>Every guide on both pages, as Looks sees it: no word runs out of the window.</summary>
    [Fact]
    public async Task Every_provider_has_its_guide()
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite);
        var made = await site
            .Server.Service<CreatePortalLink>()
            .RunAsync(Actor.Operator, site.Workspace.Id, new("Jo", PortalScopes.Directory | PortalScopes.SignIn), default);
        var page = await site.NewPageAsync();
        await page.GotoAsync(new Uri(site.Server.Links.Portal(made.Value.Secret)).AbsolutePath);
        await page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await Expect(page.GetByText("0 of 2 done")).ToBeVisibleAsync();
        foreach (var provider in (string[])["okta", "google", "jumpcloud", "onelogin", "other"])
        {
            Assert.Equal(200, (await page.GotoAsync($"/portal/directory?provider={provider}"))!.Status);
            await Looks.Good(site, page, $"portal-directory-{provider}");
        }

        foreach (var provider in (string[])["entra", "google", "jumpcloud", "other"])
        {
            Assert.Equal(200, (await page.GotoAsync($"/portal/sign-in?provider={provider}"))!.Status);
            await Looks.Good(site, page, $"portal-sign-in-{provider}");
        }

        Assert.Equal(403, (await page.GotoAsync("/portal/domain"))!.Status);
    }

    private static void Probe(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<ConnectionProbe>(
            (connection, _) =>
                Task.FromResult(
                    connection.Authority.Contains("down", StringComparison.Ordinal)
                        ? new Refusal(RefusalKind.Unavailable, "providerUnreachable", "The provider does not answer.", "authority")
                        : null
                )
        );
}
