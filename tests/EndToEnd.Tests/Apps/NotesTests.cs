using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Notes;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Apps;

/// <summary>The sample app, with two servers behind it.</summary>
public class NotesTests(BrowserSession browser)
{
    private static readonly string[] PatchSchemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];

    [Theory, EachDatabase]
    public async Task The_sample_app_knows_role_seat_and_license_and_signs_out_by_itself_when_a_directory_suspends(Database kind)
    {
        (string, string)[] dials = [("SignIn:PlatformNetworks", "127.0.0.0/8,::1/128"), ("SignIn:PlatformMayUseHttp", "true")];
        await using var site = await Site.StartAsync(browser, kind, set: dials);
        var issuer = site.Server.PublicUrl.ToString().TrimEnd('/');
        await using var there = await TestServer.StartAsync(site.Database, set: [("PublicUrl", issuer), .. dials]);
        var url = FreePort.Url();
        var client = (
            await site
                .Server.Service<CreateClient>()
                .RunAsync(
                    Actor.Operator,
                    null,
                    "notes",
                    new()
                    {
                        ClientName = "Notes",
                        RedirectUris = [url + "/signin-oidc"],
                        PostLogoutRedirectUris = [url + "/signout-callback-oidc"],
                        BackChannelLogoutUri = url + "/backchannel-logout",
                        RequireConsent = false,
                    },
                    default
                )
        ).Value;
        await using var notes = NotesApp.Build([
            "--urls",
            url,
            "--Authority",
            issuer,
            "--ClientId",
            "notes",
            "--ClientSecret",
            client.Secret!,
            "--Logging:LogLevel:Default",
            "None",
        ]);
        await notes.StartAsync(TestContext.Current.CancellationToken);

        // a role with a seat, and no license
        var (session, member) = await site.JoinAsync("grace@example.com", "member", "Grace", "Hopper");
        var page = await site.SignedInPageAsync(session);
        await SignInAsync(page, url);
        await Assertions.Expect(page.Locator("#who")).ToContainTextAsync("You are Member with a seat in Acme.");
        await page.GetByRole(AriaRole.Link, new() { Name = "Reports" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("No license");

        // a license, and no seat
        var licensed = await Site.NewWorkspaceAsync(site.Server, "licensed", "Licensed", "licensed");
        var other = await site.SignedInPageAsync((await site.JoinAsync("ada@example.com", "user", "Ada", "Lovelace", licensed)).Session);
        await SignInAsync(other, url);
        await Assertions.Expect(other.Locator("#who")).ToContainTextAsync("You are User without a seat in Licensed.");
        await other.GetByRole(AriaRole.Link, new() { Name = "Reports" }).ClickAsync();
        await Assertions.Expect(other.GetByRole(AriaRole.Main)).ToContainTextAsync("Your license: Pro.");
        await other.GetByRole(AriaRole.Link, new() { Name = "Back" }).ClickAsync();
        await other.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Assertions.Expect(other.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Notes");
        await other.GotoAsync(issuer + "/workspaces");
        await Assertions.Expect(other).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/signin"));

        // a directory suspends, at the other server: the open page says so, and the receipt tells the seconds
        await page.GotoAsync(url);
        using var scim = await site.ScimAsync(there);
        using var suspended = await scim.PatchAsync(
            $"Users/{member.Id}",
            JsonContent.Create(
                new
                {
                    schemas = PatchSchemas,
                    Operations = new[]
                    {
                        new
                        {
                            op = "replace",
                            path = "active",
                            value = false,
                        },
                    },
                },
                new MediaTypeHeaderValue("application/scim+json")
            ),
            TestContext.Current.CancellationToken
        );
        Assert.True(suspended.IsSuccessStatusCode);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Signed out");
        await page.GotoAsync(url);
        await Assertions.Expect(page.GetByRole(AriaRole.Main)).ToContainTextAsync("Nobody is signed in");
        AppReceipt? receipt = null;
        await Until.TrueAsync(async () =>
            (
                receipt = Assert.Single(
                    (
                        await site
                            .Server.Service<ReadAppReceipts>()
                            .RunAsync(Actor.Operator, site.Workspace.Id, member.Id, TestContext.Current.CancellationToken)
                    ).Value
                )
            ).State == ReceiptState.Acknowledged
        );
        Assert.Equal(("member.deactivated", "scim", 1), (receipt!.Act, receipt.Through, receipt.Ending.Tries));
        Assert.InRange(receipt.Seconds!.Value, 0, Until.Longest.TotalSeconds);

        var admin = await site.AdminPageAsync("boss@example.com", path: $"/w/acme/members/{member.Id}");
        await Assertions.Expect(admin.Locator("#apps-ended")).ToContainTextAsync("acknowledged the sign-out after");
        await Looks.Good(site, admin, "member-app-receipts");

        // as a file of that page, and over REST at the other server
        var inFile = await admin.EvaluateAsync<double>(
            "async url => (await (await fetch(url)).json())[0].seconds",
            $"/w/acme/members/{member.Id}/app-receipts.json"
        );
        Assert.Equal(receipt.Seconds, inFile);
        var key = await site
            .Server.Service<CreateApiKey>()
            .RunAsync(Actor.Operator, site.Workspace.Id, "HR", "admin", TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        using var rest = new HttpClient { BaseAddress = there.Settings.Urls[0] };
        rest.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Value.Key);
        var listed = await rest.GetFromJsonAsync<JsonElement>(
            $"/api/v1/workspaces/acme/members/{member.Id}/app-receipts",
            TestContext.Current.CancellationToken
        );
        var one = Assert.Single(listed.GetProperty("items").EnumerateArray());
        Assert.Equal(receipt.Seconds, one.GetProperty("seconds").GetDouble());
    }

    private static async Task SignInAsync(IPage page, string url)
    {
        await page.GotoAsync(url);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(url + "/");
    }
}
