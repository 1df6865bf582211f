using System.Net;
using System.Text.RegularExpressions;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

/// <summary>The first admin of a workspace that takes no passwords: how they get in again.</summary>
public sealed partial class FirstAdminTests
{
    [Theory, EachDatabase]
    public async Task Where_no_password_is_taken_they_link_an_account_and_go_on_to_their_name(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var wanted = scene.Workspace.Configuration with { SignIn = scene.Workspace.Configuration.SignIn with { LocalPassword = false } };
        var changed = await new ChangeConfiguration(scene.Server.Store).RunAsync(
            Actor.Operator,
            scene.Workspace.Id,
            null,
            wanted,
            TestContext.Current.CancellationToken
        );
        Assert.True(changed.Done, changed.Refusal?.Message);
        var secret = (
            await scene
                .Server.Service<InviteAdmin>()
                .RunAsync(Actor.Operator, scene.Workspace.Id, "boss@acme.com", TimeSpan.FromHours(1), TestContext.Current.CancellationToken)
        ).Value;

        using var boss = new Visitor(scene.Server);
        var entered = await boss.SubmitAsync($"/enter/{secret}", "/enter", ("secret", secret));
        Assert.Equal((303, "/profile/logins?returnUrl=%2Fw%2Facme%2Fprofile"), (entered.Status, entered.Location));
        var page = (await boss.GetAsync(entered.Location!)).Body;
        Assert.Contains("Choose how you sign in from now on", page);
        Assert.Contains("Not now", page);

        var start = WebUtility.HtmlDecode(LinkHref().Match(page).Groups[1].Value);
        var linked = await boss.ComeThroughAsync(provider, start);
        Assert.Equal("/profile/logins?returnUrl=%2Fw%2Facme%2Fprofile&notice=linked", linked.Location);
        page = (await boss.GetAsync(linked.Location!)).Body;
        Assert.Contains("It is linked", page);
        Assert.Contains("href=\"/w/acme/profile\"", page);
        Assert.Contains("Go on", page);
        Assert.DoesNotContain("evil", (await boss.GetAsync("/profile/logins?returnUrl=https%3A%2F%2Fevil.example")).Body);

        using var again = new Visitor(scene.Server);
        var through = await again.ComeThroughAsync(provider, WebUtility.HtmlDecode(start).Split("?")[0]);
        Assert.Equal(303, through.Status);
        Assert.Contains("First name", (await again.GetAsync("/w/acme/profile")).Body);
    }

    [GeneratedRegex("href=\"(/signin/[^\"]*purpose=link[^\"]*)\"")]
    private static partial Regex LinkHref();
}
