using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>A directory loses everybody by mistake, and an admin takes its cycle back.</summary>
public class UndoPagesTests(BrowserSession browser)
{
    [Theory]
    [EachDatabase]
    public async Task A_mass_leave_is_undone_and_the_directory_finds_what_it_found_before(Database kind)
    {
        await using var site = await Site.StartAsync(browser, kind);
        var scim = $"{site.Server.Settings.Urls[0].ToString().TrimEnd('/')}/scim/v2/acme";
        var token = await TokenAsync(site, "Okta");
        using var report = new StringWriter(CultureInfo.InvariantCulture);
        var code = await SimulateCommand.RunAsync(
            ["okta", "--url", scim, "--token", token, "--users", "24", "--groups", "3", "--seed", "5"],
            report,
            report,
            default
        );
        Assert.True(code == 0, report.ToString());

        // by another token, whose cycle is another
        var lost = await TokenAsync(site, "Okta by mistake");
        using var okta = Site.ScimClient(scim, lost);
        var users = (await ListingAsync(okta)).Users;
        var page = await site.AdminPageAsync(path: "/w/acme/directory/log"); // from then on the directory finds the admin too
        var before = await ListingAsync(okta);
        foreach (var user in users)
        {
            using var left = await PatchAsync(okta, $"Users/{user}", """{"op":"replace","path":"active","value":false}""");
            Assert.Equal(200, (int)left.StatusCode);
            using var renamed = await PatchAsync(okta, $"Users/{user}", """{"op":"replace","path":"title","value":"Wrong"}""");
        }

        foreach (var group in before.Groups)
        {
            using var emptied = await PatchAsync(okta, $"Groups/{group}", """{"op":"remove","path":"members"}""");
            Assert.True(emptied.IsSuccessStatusCode);
        }

        await site.Server.Service<ProvisioningLog>().FlushAsync(true, default);
        using var again = Site.ScimClient(scim, token);
        using var corrected = await PatchAsync(again, $"Users/{users[0]}", """{"op":"replace","path":"title","value":"Right"}""");
        Assert.NotEqual(before.Text, (await ListingAsync(okta)).Text);

        await page.ReloadAsync();
        await page.Locator("details.cycle", new() { HasText = "Okta by mistake" })
            .GetByRole(AriaRole.Link, new() { Name = "Undo this cycle" })
            .ClickAsync();
        await Expect(page.GetByText("people come in again.")).ToBeVisibleAsync();
        await Expect(page.GetByText("was changed since by Okta at").First).ToBeVisibleAsync();
        await Looks.Good(site, page, "undo-preview");
        await page.GetByRole(AriaRole.Textbox).FillAsync("3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo this cycle" }).ClickAsync();
        await Expect(page.GetByText("Say that number to undo them.")).ToBeVisibleAsync();
        var label = await page.GetByText("to undo it").First.InnerTextAsync();
        await page.GetByRole(AriaRole.Textbox).FillAsync(label.Split(' ')[1]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo this cycle" }).ClickAsync();
        await Expect(page.GetByText("Undone, but not wholly")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Looks.Good(site, page, "undo-done");
        await page.GetByRole(AriaRole.Link, new() { Name = "Provisioning log" }).First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Was undone" })).ToBeVisibleAsync();

        var after = await ListingAsync(okta);
        Assert.Equal(
            before.Text.Split('\n'),
            after.Text.Replace("\"title\":\"Right\"", Title(before.Text), StringComparison.Ordinal).Split('\n')
        );
        Assert.Empty(await new VerifyCounters(site.Server.Store).RunAsync(default));
        Assert.Empty(site.Complaints(page));
    }

    // the first person's, who alone is described otherwise by now
    private static string Title(string listing) => "\"title\":" + JsonNode.Parse(listing.Split('\n')[0])!["title"]!.ToJsonString();

    private static async Task<string> TokenAsync(Site site, string name) =>
        (await site.Server.Service<CreateScimCredential>().RunAsync(Actor.Operator, site.Workspace.Id, name, null, default)).Value.Token;

    private static Task<HttpResponseMessage> PatchAsync(HttpClient client, string path, string operation) =>
        client.PatchAsync(
            path,
            new StringContent(
                $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operation}}]}""",
                Encoding.UTF8,
                "application/scim+json"
            )
        );

    /// <summary>All that the directory finds, a line for each, but for versions and times and the directory's own word of who is active.</summary>
    private static async Task<(string Text, List<string> Users, List<string> Groups)> ListingAsync(HttpClient client)
    {
        var text = new StringBuilder();
        List<List<string>> ids = [];
        foreach (var kind in (string[])["Users", "Groups"])
        {
            var listed = (await client.GetFromJsonAsync<JsonObject>($"{kind}?count=200"))!["Resources"]!.AsArray();
            ids.Add([.. listed.Select(r => (string)r!["id"]!)]);
            foreach (var resource in listed.Select(r => r!.AsObject()))
            {
                var meta = resource["meta"]!.AsObject();
                _ = meta.Remove("lastModified");
                _ = meta.Remove("version");
                _ = resource.Remove("active");
                text.Append(resource.ToJsonString()).Append('\n');
            }
        }

        return (text.ToString(), ids[0], ids[1]);
    }
}
