using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

/// <summary>The holder of a link to the set-up portal begins, and tries a provider through the whole host.</summary>
public sealed partial class PortalTests
{
    [Theory, EachDatabase]
    public async Task A_link_begins_a_session_of_its_own_and_a_provider_is_tried_in_it_without_anybody_being_signed_in(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var link = (
            await scene
                .Server.Service<CreatePortalLink>()
                .RunAsync(Actor.Operator, scene.Workspace.Id, new("Jo", PortalScopes.SignIn), default)
        ).Value;
        await AsIfByAsync(scene, google, link.Row);
        using var jo = new Visitor(scene.Server);
        var address = new Uri(scene.Server.Links.Portal(link.Secret)).AbsolutePath;
        Assert.Equal(404, (await jo.GetAsync("/portal/" + Secret.New())).Status);
        Assert.Equal(200, (await jo.GetAsync(address)).Status);
        Assert.Null(jo.Jar.Cookies.GetValueOrDefault("__Host-portal")); // looking begins nothing
        Assert.Equal("/portal", (await jo.SubmitAsync(address, "/portal/open", ("secret", link.Secret))).Location);
        Assert.NotNull(jo.Jar.Cookies.GetValueOrDefault("__Host-portal"));

        var before = await MadeAsync(scene);
        var test = await BeginAsync(jo, google);
        Assert.Equal((303, test), await ThroughAsync(jo, provider, test));
        var said = (await jo.GetAsync(test)).Body;
        Assert.Contains("It works", said, StringComparison.Ordinal);
        Assert.Contains("jo@acme.com", said, StringComparison.Ordinal);
        Assert.Equal((before, null), (await MadeAsync(scene), jo.Session));
        Assert.Equal(409, (await jo.GetAsync(Start(google, test))).Status); // answered: it begins no second time

        // The person says no at the provider; another one cannot go on with the test; the link is taken back in the middle.
        provider.OnAnswer = sent => [new("error", "access_denied"), new("state", sent.Single(p => p.Key == "state").Value)];
        test = await BeginAsync(jo, google);
        Assert.Equal((303, test), await ThroughAsync(jo, provider, test));
        Assert.Contains("It does not work yet", (await jo.GetAsync(test)).Body, StringComparison.Ordinal);
        provider.OnAnswer = a => a;
        test = await BeginAsync(jo, google);
        using var nobody = new Visitor(scene.Server);
        Assert.StartsWith("/signin", (await nobody.GetAsync(Start(google, test))).Location, StringComparison.Ordinal);
        var begun = await jo.GetAsync(Start(google, test));
        await scene.Server.Service<RevokePortalLink>().RunAsync(Actor.Operator, scene.Workspace.Id, link.Row.Id, default);
        var back = await jo.GetAsync(Visitor.Back(provider, begun.Location!));
        Assert.Equal((303, test), (back.Status, back.Location));
        var over = await jo.GetAsync(test);
        Assert.Equal(403, over.Status);
        Assert.Contains("This link was taken back", over.Body, StringComparison.Ordinal);
        Assert.Equal(403, (await jo.GetAsync(address)).Status);
        await using var db = scene.Server.Store.Read();
        Assert.Null((await db.SignInTests.SingleAsync(t => t.Id == IdOf(test))).AnsweredAt);
    }

    private static Id<SignInTest> IdOf(string test) => Id<SignInTest>.TryParse(test.Split('/')[^1], out var id) ? id : default;

    private static string Start(IdentityConnection connection, string test) =>
        $"/signin/{connection.Id}/start?purpose=test&workspace=acme&returnUrl={test}";

    private static async Task<string> BeginAsync(Visitor jo, IdentityConnection connection)
    {
        var home = "/portal";
        var begun = await jo.SubmitAsync(home, $"/portal/sign-in/{connection.Id}/test");
        Assert.Equal(303, begun.Status);
        return begun.Location!;
    }

    private static async Task<(int, string?)> ThroughAsync(Visitor visitor, HostileProvider provider, string test)
    {
        var start = WebUtility.HtmlDecode(TestHref().Match((await visitor.GetAsync(test)).Body).Groups[1].Value);
        var answer = await visitor.ComeThroughAsync(provider, start);
        return (answer.Status, answer.Location);
    }

    /// <summary>A provider on this machine can be the installation's alone; it stands for one that the link made.</summary>
    private static Task<Membership.Outcome<Nothing>> AsIfByAsync(Scene scene, IdentityConnection connection, PortalLink link) =>
        scene.Server.Store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "connection.changed",
            attempt =>
            {
                attempt.Changes.Update(connection, connection with { PortalLinkId = link.Id });
                return Task.FromResult<Membership.Outcome<Nothing>>(default(Nothing));
            },
            default
        );

    private static async Task<(int, int, int, int)> MadeAsync(Scene scene)
    {
        await using var db = scene.Server.Store.Read();
        return (
            await db.Accounts.CountAsync(),
            await db.Logins.CountAsync(),
            await db.Sessions.CountAsync(),
            await db.Members.CountAsync()
        );
    }

    [GeneratedRegex("href=\"([^\"]*purpose=test[^\"]*)\"")]
    private static partial Regex TestHref();
}
