using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Clients;

/// <summary>What the directory page can say of a client after it has spoken.</summary>
public class ClientRecognitionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task A_directory_is_recognized_by_what_it_sends_and_its_latest_dialect_counts(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, time: clock);
        var user = await server.UserAsync("ada@example.com");
        await server.SendAsync("GET", "/Users");
        Assert.Equal((null, null), await SeenAsync(server));

        await server.PatchAsync("/Users/" + user, """{"op":"Replace","path":"active","value":"False"}""");
        Assert.Equal(("Entra", "Older"), await SeenAsync(server));
        var view = (await ViewAsync(server))!;
        var entra = DirectoryClient.Of(view.Client, view.Shape)!;
        Assert.Equal(("Microsoft Entra ID", "what it sends"), (entra.Name, entra.Evidence));
        Assert.Contains("?aadOptscim062020", Assert.Single(entra.Amiss(view, isStrict: false)), StringComparison.Ordinal);
        Assert.Equal(2, entra.Amiss(view, isStrict: true).Count());

        // the flag was set meanwhile: news is noted once a minute at most
        const string standard = """{"op":"replace","path":"active","value":true}""";
        await server.PatchAsync("/Users/" + user, standard);
        Assert.Equal(("Entra", "Older"), await SeenAsync(server));
        clock.Advance(TimeSpan.FromMinutes(1));
        await server.PatchAsync("/Users/" + user, standard);
        Assert.Equal(("Entra", "Standard"), await SeenAsync(server));
        Assert.Empty(entra.Amiss((await ViewAsync(server))!, isStrict: true));

        // what others send as well, though seldom, changes nothing; what nobody else sends does
        clock.Advance(TimeSpan.FromMinutes(1));
        await server.PatchAsync("/Users/" + user, """{"op":"replace","value":{"active":false}}""");
        Assert.Equal(("Entra", "Standard"), await SeenAsync(server));
        var group = await server.GroupAsync("G");
        clock.Advance(TimeSpan.FromMinutes(1));
        await server.PatchAsync("/Groups/" + group, $$$"""{"op":"replace","value":{"id":"{{{group}}}","displayName":"G"}}""");
        Assert.Equal(("Okta", "Standard"), await SeenAsync(server));
    }

    [Theory, EachDatabase]
    public async Task What_is_no_news_is_not_written_again(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, time: clock);
        var user = await server.UserAsync("ada@example.com");
        Task<Answer> PatchAsync() => server.PatchAsync("/Users/" + user, """{"op":"Add","path":"title","value":"T"}""");
        await PatchAsync();
        await using (var db = server.Store.Read())
        {
            // as if somebody else had written since: who writes again would undo it
            db.Update(db.ScimCredentialUses.Single() with { Shape = "Untouched" });
            await db.SaveChangesAsync(Ct);
        }

        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal(200, (await PatchAsync()).Status);
        }

        Assert.Equal(("Untouched", "Older"), await SeenAsync(server));
        Assert.Equal(clock.Now, (await ViewAsync(server))!.LastUsedAt); // while the last use goes on
    }

    [Theory, EachDatabase]
    public async Task A_known_User_Agent_is_believed_first(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        await server.SendAsync(
            "POST",
            "/Users",
            """{"schemas":["urn:scim:schemas:core:1.0","urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x","id":null,"active":"true"}""",
            r => r.Headers.TryAddWithoutValidation("User-Agent", "Okta SCIM Client 1.0.0")
        );
        var view = (await ViewAsync(server))!;
        Assert.Equal("OneLogin", view.Shape);
        var client = DirectoryClient.Of(view.Client, view.Shape)!;
        Assert.Equal(("Okta", "its User-Agent"), (client.Name, client.Evidence));
        Assert.Equal("OneLogin", DirectoryClient.Of("Java/21", view.Shape)!.Name);
        Assert.Null(DirectoryClient.Of("Java/21", null));
    }

    [Theory]
    [InlineData("entra-patch-active-as-string", "Entra", "Older")]
    [InlineData("entra-patch-group-remove-listed", "Entra", "Older")]
    [InlineData("entra-post-group-with-old-schema", "Entra", null)]
    [InlineData("entra-flag-patch-dotted-and-urn-keys", "Entra", "Standard")]
    [InlineData("okta-group-push-id-among-values", "Okta", "Standard")]
    [InlineData("onelogin-template", "OneLogin", null)]
    [InlineData("jumpcloud-self-test", "JumpCloud", "Standard")]
    [InlineData("authentik-whole-group-without-path", "Authentik", "Standard")]
    public async Task The_fixtures_of_a_client_give_it_away(string fixture, string shape, string? dialect)
    {
        await using var server = await DoorServer.StartAsync(Database.Sqlite);
        await new Script(server).PlayAsync(ClientFixture.Read(fixture).Script());
        Assert.Equal((shape, dialect), await SeenAsync(server));
    }

    private static async Task<(string? Shape, string? Dialect)> SeenAsync(DoorServer server) =>
        await ViewAsync(server) is { } view ? (view.Shape, view.Dialect) : default;

    private static async Task<ScimCredentialView?> ViewAsync(DoorServer server) =>
        (await new DirectoryPage(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, Ct)).Value.SingleOrDefault();
}
