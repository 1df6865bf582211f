using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

/// <summary>Two servers behind one address share nothing but the database.</summary>
public sealed class TwoServersTests
{
    [Fact]
    public async Task A_sign_in_begun_on_one_server_ends_on_the_other_and_a_session_ended_there_is_dead_here()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        var clock = new HandClock();
        await using var here = await StartAsync(database, clock);
        await using var there = await StartAsync(database, clock);
        await using var provider = await HostileProvider.NewAsync(ConnectionKind.Oidc, clock);
        var acme = (await here.Service<CreateWorkspace>().RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        var connection = (
            await here.Service<CreateConnection>()
                .RunAsync(
                    Actor.Operator,
                    default,
                    new()
                    {
                        Kind = ConnectionKind.Oidc,
                        Name = "Other",
                        Authority = provider.Authority,
                        ClientId = HostileProvider.ClientId,
                        Credential = HostileProvider.ClientSecret,
                    },
                    here.Service<ConnectionProbe>(),
                    default
                )
        ).Value;
        var link = (await here.Service<InvitePeople>().RunAsync(Actor.Operator, acme.Id, new() { UserNames = ["jo@acme.com"] }, default))
            .Value[0]
            .Outcome
            .Value
            .LinkSecret;
        using var visitor = new Visitor(here);
        string There(string path) => there.PublicUrl + path[1..];

        // the sealed state of one server is opened by the other, which has never met the provider
        var begun = await visitor.GetAsync($"/invite/{link}/signin/{connection.Id}");
        var joined = await visitor.GetAsync(There(Visitor.Back(provider, begun.Location!)));
        Assert.Equal((303, "/w/acme"), (joined.Status, joined.Location));
        Assert.Equal(200, (await visitor.GetAsync("/w/acme/profile")).Status);
        Assert.Equal(200, (await visitor.GetAsync(There("/w/acme/profile"))).Status);

        // so is the form of one posted to the other, with the ticket in it
        var form = Visitor.Token((await visitor.GetAsync("/w/acme/profile")).Body);
        Assert.Equal(
            303,
            (
                await visitor.PostAsync(
                    There("/w/acme/profile"),
                    ("givenName", "Jo"),
                    ("familyName", "Quay"),
                    ("__RequestVerificationToken", form)
                )
            ).Status
        );
        Assert.Contains("Quay", (await visitor.GetAsync("/w/acme/profile")).Body);

        // a copy of the cookie dies with the session, on the other server too, at the next request
        using var copy = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        copy.DefaultRequestHeaders.Add("Cookie", $"__Host-session={visitor.Session}");
        Assert.Equal(200, (int)(await copy.GetAsync(There("/w/acme/profile"))).StatusCode);
        Assert.Equal(303, (await visitor.SubmitAsync("/workspaces", "/signout")).Status);
        Assert.Equal(303, (int)(await copy.GetAsync(There("/w/acme/profile"))).StatusCode);

        // an answer opens one session, wherever it is brought a second time
        var again = await visitor.GetAsync($"/signin/{connection.Id}/start?returnUrl=/w/acme");
        var back = Visitor.Back(provider, again.Location!);
        Assert.Equal("/w/acme", (await visitor.GetAsync(back)).Location);
        Assert.Equal(403, (await visitor.GetAsync(There(back))).Status);
    }

    private static Task<TestServer> StartAsync(TestDatabase database, HandClock clock) =>
        TestServer.StartAsync(database, clock, set: [("SignIn:PlatformNetworks", "127.0.0.0/8"), ("SignIn:PlatformMayUseHttp", "true")]);
}
