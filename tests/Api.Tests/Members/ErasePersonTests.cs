using System.Net;
using System.Text.Json;
using UserManagement.Api.Tests.Rig;
using UserManagement.Membership.Members;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Members;

public class ErasePersonTests
{
    [Theory, EachDatabase]
    public async Task Somebody_who_was_removed_is_exported_and_erased_for_good(Database kind)
    {
        await using var site = await ApiSite.StartAsync(kind);
        using var program = await site.ProgramAsync();
        var member = await site.ProvisionAsync("leaver@example.com");
        var at = $"acme/members/{member.Id}";
        Assert.Equal("stillMember", (await program.SendAsync("POST", at + "/erase")).Code);
        Assert.Equal(HttpStatusCode.OK, (await program.SendAsync("DELETE", at)).Status);
        var export = await program.GetAsync("workspaces/" + at + "/export");
        Assert.Equal(
            "leaver@example.com",
            JsonDocument.Parse(export.Text).RootElement.GetProperty("memberships")[0].GetProperty("userName").GetString()
        );
        var erased = await program.SendAsync("POST", at + "/erase");
        Assert.Equal(
            (HttpStatusCode.OK, false),
            (erased.Status, JsonDocument.Parse(erased.Text).RootElement.GetProperty("again").GetBoolean())
        );
        Assert.True(
            JsonDocument.Parse((await program.SendAsync("POST", at + "/erase")).Text).RootElement.GetProperty("again").GetBoolean()
        );
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync("workspaces/" + at + "/export")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await program.GetAsync("workspaces/" + at)).Status);
        var log = await program.GetAsync($"workspaces/acme/audit?target={member.Id}");
        Assert.DoesNotContain("leaver@example.com", log.Text, StringComparison.Ordinal);
        Assert.Contains("erasedAt", log.Text, StringComparison.Ordinal);
    }
}
