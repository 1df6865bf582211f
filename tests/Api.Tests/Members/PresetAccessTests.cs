using System.Net;
using UserManagement.Api.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Members;

/// <summary>What somebody may do by their role and license, as apps and admins read it.</summary>
public sealed class PresetAccessTests
{
    [Theory, EachDatabase]
    [Shows("S0-14", "S0-15", "S0-16", "S0-17", "S0-18")]
    public async Task Each_license_opens_what_its_description_says_and_the_role_opens_the_rest(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind, "licensed");
        var program = await site.ProgramAsync();
        var (_, member) = await site.JoinAsync("jo@example.com", "user");
        var who = $"acme/members/{member.Id}";
        (string License, string[] May)[] each =
        [
            ("business", ["chat", "chat.use", "integrations", "knowledge", "settings.personal", "tools", "tools.create"]),
            ("pro", ["chat", "chat.use", "knowledge", "settings.personal"]),
            ("knowledge-only", ["knowledge", "settings.personal"]),
        ];
        foreach (var (license, may) in each)
        {
            var given = await program.SendAsync("PUT", who + "/license", new { license });
            Assert.True(given.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, $"{license}: {given.Status}");
            var access = await program.GetAsync(who + "/access");
            Assert.Equal(may, access.At("entitlements").EnumerateArray().Select(e => e.GetString()!).Order(StringComparer.Ordinal));
        }

        // an admin may what a user may, and runs the workspace
        Assert.True((await program.SendAsync("PUT", who + "/license", new { license = "business" })).Status < HttpStatusCode.BadRequest);
        Assert.True((await program.SendAsync("PUT", who + "/role", new { role = "admin" })).Status < HttpStatusCode.BadRequest);
        var admin = (await program.GetAsync(who + "/access")).At("entitlements").EnumerateArray().Select(e => e.GetString()).ToList();
        foreach (var may in (string[])[.. each[0].May, "members.manage", "groups.manage", "models.configure", "mfa.define"])
        {
            Assert.Contains(may, admin);
        }
    }

    [Theory, EachDatabase]
    [Shows("S3-38")]
    public async Task Secrets_subscriptions_billing_address_and_credits_are_the_administrators(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind, "provider");
        var program = await site.ProgramAsync("administrator");
        var member = await site.ProvisionAsync("jo@example.com");
        string[] theirs = ["subscriptions.manage", "secrets.manage", "billing.address", "credits.view"];
        Assert.Equal(["modules.use"], await EntitlementsAsync());
        Assert.True(
            (await program.SendAsync("PUT", $"acme/members/{member.Id}/role", new { role = "administrator" })).Status
                < HttpStatusCode.BadRequest
        );
        Assert.Superset(theirs.ToHashSet(), (await EntitlementsAsync()).ToHashSet());

        async Task<List<string>> EntitlementsAsync() =>
            [
                .. (await program.GetAsync($"acme/members/{member.Id}/access"))
                    .At("entitlements")
                    .EnumerateArray()
                    .Select(e => e.GetString()!),
            ];
    }
}
