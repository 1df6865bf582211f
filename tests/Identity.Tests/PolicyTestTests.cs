using System.Net;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

/// <summary>An admin tries a sign-in policy through a real provider before it is enforced, by the pages of the whole host.</summary>
public sealed partial class PolicyTestTests
{
    private const string Page = "/w/acme/sign-in";

    [Theory, EachDatabase]
    public async Task A_policy_is_tried_linked_tried_again_and_enforced_without_anybody_being_signed_in_by_it(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        using var jo = await scene.JoinAsync("jo@acme.com", "admin");
        var session = jo.Session;
        (string, string)[] draft =
        [
            ("version", Version().Match((await jo.GetAsync(Page)).Body).Groups[1].Value),
            ("passwords", "off"),
            ("connections", "all"),
            ("domains", "acme.com"),
            ("via", google.Id.ToString()),
        ];
        var refused = await jo.SubmitAsync(Page, Page + "/policy", draft);
        Assert.Equal(409, refused.Status);
        Assert.Contains("You could not get in any more", refused.Body);

        var test = (await jo.SubmitAsync(Page, Page + "/tests", draft)).Location!;
        var made = await MadeAsync(scene);
        Assert.Equal((303, test), await ThroughAsync(jo, provider, test));
        var said = (await jo.GetAsync(test)).Body;
        Assert.Contains("You would not get in", said);
        Assert.Contains("is not linked to you yet", said);
        Assert.Contains("jo@acme.com", said);
        Assert.Equal((made, session), (await MadeAsync(scene), jo.Session));
        Assert.Equal(409, (await jo.GetAsync(Start(google, test))).Status); // answered: it begins no second time

        // At the provider the person says no: the page of the test says so.
        provider.OnAnswer = sent => [new("error", "access_denied"), new("state", sent.Single(p => p.Key == "state").Value)];
        test = (await jo.SubmitAsync(test, test + "/again")).Location!;
        Assert.Equal((303, test), await ThroughAsync(jo, provider, test));
        Assert.Contains("did not let you in, or you cancelled", (await jo.GetAsync(test)).Body);
        provider.OnAnswer = a => a;

        var link = WebUtility.HtmlDecode(LinkHref().Match((await jo.GetAsync("/profile/logins")).Body).Groups[1].Value);
        Assert.Equal("/profile/logins?notice=linked", (await jo.ComeThroughAsync(provider, link)).Location);
        test = (await jo.SubmitAsync(test, test + "/again")).Location!;
        Assert.Equal((303, test), await ThroughAsync(jo, provider, test));
        Assert.Contains("You would get in", (await jo.GetAsync(test)).Body);
        Assert.Equal(Page, (await jo.SubmitAsync(test, test + "/enforce", ("version", draft[0].Item2))).Location);

        var barred = await jo.GetAsync(Page); // the password's session is out at once
        Assert.NotEqual(200, barred.Status);
        using var again = new Visitor(scene.Server);
        Assert.Equal(Page, (await again.ComeThroughAsync(provider, $"/signin/{google.Id}/start?returnUrl={Page}")).Location);
        Assert.Equal(200, (await again.GetAsync(Page)).Status);
    }

    [Theory, EachDatabase]
    public async Task A_test_of_somebody_else_of_another_connection_or_of_none_does_not_begin(Database kind)
    {
        await using var scene = await Scene.NewAsync(kind);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Google, scene.Clock);
        var google = await scene.ConnectAsync(provider, ConnectionKind.Google, "Google");
        var second = await scene.ConnectAsync(provider, ConnectionKind.Google, "Second");
        using var jo = await scene.JoinAsync("jo@acme.com", "admin");
        using var eve = await scene.JoinAsync("eve@acme.com", "admin");
        using var nobody = new Visitor(scene.Server);
        var test = (await jo.SubmitAsync(Page, Page + "/tests", ("via", google.Id.ToString()))).Location!;
        Assert.Equal(404, (await eve.GetAsync(Start(google, test))).Status);
        Assert.Equal(404, (await jo.GetAsync(Start(second, test))).Status);
        Assert.Equal(404, (await jo.GetAsync(Start(google, "/w/acme/profile"))).Status);
        Assert.StartsWith("/signin", (await nobody.GetAsync(Start(google, test))).Location, StringComparison.Ordinal);

        // Begun by Jo, answered in Eve's browser: nothing.
        var begun = await jo.GetAsync(Start(google, test));
        var back = Visitor.Back(provider, begun.Location!);
        Assert.NotEqual(303, (await eve.GetAsync(back)).Status);
        await using var db = scene.Server.Store.Read();
        Assert.Null((await db.SignInTests.SingleAsync()).AnsweredAt);
    }

    private static string Start(IdentityConnection connection, string test) =>
        $"/signin/{connection.Id}/start?purpose=test&workspace=acme&returnUrl={test}";

    private static async Task<(int, string?)> ThroughAsync(Visitor visitor, HostileProvider provider, string test)
    {
        var start = WebUtility.HtmlDecode(TestHref().Match((await visitor.GetAsync(test)).Body).Groups[1].Value);
        var answer = await visitor.ComeThroughAsync(provider, start);
        return (answer.Status, answer.Location);
    }

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

    [GeneratedRegex("name=\"version\" value=\"([0-9]+)\"")]
    private static partial Regex Version();

    [GeneratedRegex("href=\"([^\"]*purpose=test[^\"]*)\"")]
    private static partial Regex TestHref();

    [GeneratedRegex("href=\"([^\"]*purpose=link[^\"]*)\"")]
    private static partial Regex LinkHref();
}
