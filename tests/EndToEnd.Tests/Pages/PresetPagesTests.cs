using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Pages;

/// <summary>The pages that change most with a workspace's preset, as people see them: see <see cref="Looks"/>.</summary>
public class PresetPagesTests(BrowserSession browser)
{
    [Theory]
    [InlineData("csv")]
    [InlineData("licensed")]
    [InlineData("provider")]
    [InlineData("ranked")]
    public async Task Each_other_preset_looks_right(string preset)
    {
        await using var site = await Site.StartAsync(browser, Database.Sqlite, preset);
        var page = await site.AdminPageAsync();
        for (var i = 0; i < 8; i++)
        {
            await site.ProvisionAsync($"person{i}@example.com", "Person", $"Number {i}");
        }

        var longest = await site.ProvisionAsync(
            "maximiliane.konstantina@hohenlohe-waldenburg-schillingsfuerst.example.com",
            "Maximiliane-Konstantina",
            "von und zu Hohenlohe-Waldenburg-Schillingsfürst"
        );
        await site.ProvisionAsync("maximilian.friedrich.karl@example.com", "Maximilian Friedrich Karl", "Schillingsfürst", active: false);
        await site.GroupAsync("Everybody who is responsible for the launch in Central Europe", [longest], Actor.Operator);
        foreach (var path in (string[])["members", "invite", "invitations", "settings"])
        {
            await page.GotoAsync("/w/acme/" + path);
            await Looks.Good(site, page, $"preset-{preset}-{path}");
        }
    }
}
