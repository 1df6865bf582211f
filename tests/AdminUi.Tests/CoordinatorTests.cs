using System.Net;
using UserManagement.AdminUi.Tests.Rig;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.AdminUi.Tests;

/// <summary>Whom to ask about AI is seen whatever one's role is.</summary>
public sealed class CoordinatorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Who_sees_the_list_and_no_settings_is_told_on_the_start_page_too(Database kind)
    {
        await using var site = await AdminSite.StartAsync(kind);
        var (reader, _) = await site.JoinAsync("vera@example.com", "viewer");
        var now = await site.ContextAsync();
        var roles = now.Configuration.Roles.Select(r =>
            r.Key == "viewer" ? r with { Permissions = [.. r.Permissions, Permission.ReadMembers] } : r
        );
        var changed = await site
            .Server.Service<ChangeConfiguration>()
            .RunAsync(Actor.Operator, now.Id, now.Row.Version, now.Configuration with { Roles = [.. roles] }, Ct);
        Assert.True(changed.Done);
        Assert.Equal("/w/acme/members", (await reader.GetAsync("/w/acme")).Location); // nobody is named

        var named = await site
            .Server.Service<SetAiCoordinator>()
            .RunAsync(Actor.Operator, now.Id, new AiCoordinator("Carla Coordinator", "carla@example.com", null, null), Ct);
        Assert.True(named.Done);
        var start = await reader.GetAsync("/w/acme");
        Assert.Equal(HttpStatusCode.OK, start.Status);
        Assert.Contains("Carla Coordinator", start.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/w/acme/members\"", start.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("/w/acme/members")).Status);

        Assert.Equal("/w/acme/members", (await site.Admin.GetAsync("/w/acme")).Location);
        Assert.Contains("carla@example.com", (await site.Admin.GetAsync("/w/acme/settings")).Text, StringComparison.Ordinal);
        reader.Dispose();
    }
}
