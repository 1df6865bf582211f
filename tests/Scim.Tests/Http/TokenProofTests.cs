using System.Net.Http.Headers;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>
/// What a token opened is remembered, and shown by what the request asks of the database anyway: no round trip of its own, and no request
/// that gets anything out of a token that is over.
/// </summary>
public sealed class TokenProofTests
{
    private const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    private const string PatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task The_token_is_asked_for_in_the_same_round_trip_as_the_resource(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var ada = await CreateAsync(server, "ada@example.com");
        using var reads = ReadLog.Of(server.Workspace.Id.Value, Secret.Hash(server.Token));

        async Task TakesAsync(int trips, string method, string path, string? body, int status)
        {
            reads.Clear();
            Assert.Equal(status, (await server.SendAsync(method, path, body)).Status);
            Assert.True(reads.RoundTrips == trips, $"{method} {path}: {reads.RoundTrips}, {string.Join(" | ", reads.Statements)}");
        }

        await TakesAsync(1, "GET", $"/Users/{ada}", null, 200);
        await TakesAsync(1, "GET", "/Users?filter=userName%20eq%20%22ada@example.com%22", null, 200);
        await TakesAsync(1, "GET", "/Users?count=10", null, 200);
        await TakesAsync(1, "GET", "/Users/0197fa3c-0000-7000-8000-000000000001", null, 404);
        await TakesAsync(1, "GET", "/Users?filter=nonsense", null, 400); // nothing else is read, and a stranger would get 401
        await TakesAsync(0, "POST", "/Users", Person("grace@example.com"), 201); // its write asks
        await TakesAsync(1, "PATCH", $"/Users/{ada}", Change("Title"), 200); // whom it changes, and their groups beside
        await TakesAsync(2, "DELETE", $"/Users/{ada}", null, 204); // and how many seats are free, for admins are told of the first
    }

    [Theory, EachDatabase]
    public async Task Nothing_is_read_or_written_with_a_token_that_was_revoked_while_it_was_remembered(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var ada = await CreateAsync(server, "ada@example.com");
        var before = await StateAsync(server);
        foreach (
            var (method, path, body) in new[]
            {
                ("GET", "/Users", null),
                ("GET", $"/Users/{ada}", null),
                ("GET", "/Users?filter=userName%20eq%20%22ada@example.com%22", null),
                ("GET", "/Users?filter=nonsense", null),
                ("GET", "/Users?sortBy=userName", null),
                ("GET", "/Groups", null),
                ("GET", "/Schemas", null),
                ("GET", "/Nothing", null),
                ("POST", "/Users", Person("grace@example.com")),
                ("POST", "/Users", Person("ada@example.com")),
                ("POST", "/Users", "{"),
                ("POST", "/Users/.search", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"count":1}"""),
                ("PUT", $"/Users/{ada}", Person("other@example.com")),
                ("PATCH", $"/Users/{ada}", Change("Title")),
                ("DELETE", $"/Users/{ada}", null),
                ("POST", "/Groups", $$"""{"schemas":["{{Group}}"],"displayName":"Ops","members":[{"value":"{{ada}}"}]}"""),
                ("POST", "/Bulk", "{}"),
            }
        )
        {
            var issued = await IssueAsync(server);
            Assert.Equal(200, (await WithAsync(server, issued, "GET", "/Users")).Status);
            await new RevokeScimCredential(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, issued.Credential.Id, Ct);
            var answer = await WithAsync(server, issued, method, path, body);
            Assert.True(answer.Status == 401, $"{method} {path} {body}: {answer.Status} {answer.Text}");
            Assert.Equal("401", answer.Json["status"]!.GetValue<string>());
            Assert.Equal(401, (await WithAsync(server, issued, method, path, body)).Status);
        }

        Assert.Equal(before, await StateAsync(server));
        Assert.Empty(await new VerifyCounters(server.Store).RunAsync(Ct));
    }

    [Theory, EachDatabase]
    public async Task A_token_that_is_remembered_ends_at_its_end(Database kind)
    {
        var time = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, time: time);
        var issued = await IssueAsync(server, TimeSpan.FromSeconds(30));
        Assert.Equal(200, (await WithAsync(server, issued, "GET", "/Users")).Status);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(200, (await WithAsync(server, issued, "GET", "/Users")).Status);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, (await WithAsync(server, issued, "GET", "/Users")).Status);
    }

    [Theory, EachDatabase]
    public async Task What_the_workspace_says_now_counts_for_a_token_that_is_remembered(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var ada = await CreateAsync(server, "ada@example.com");
        var odd = $$"""{"schemas":["{{PatchOp}}"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}""";
        Assert.Equal(200, (await server.SendAsync("PATCH", $"/Users/{ada}", odd)).Status);
        await using var db = server.Store.Read();
        var workspace = (await WorkspaceContext.ByIdAsync(db, server.Workspace.Id, Ct))!;
        var strict = workspace.Configuration with { Scim = workspace.Configuration.Scim with { Strict = true } };
        var changed = await new ChangeConfiguration(server.Store).RunAsync(Actor.Operator, workspace.Id, workspace.Row.Version, strict, Ct);
        Assert.Null(changed.Refusal);
        Assert.Equal(400, (await server.SendAsync("PATCH", $"/Users/{ada}", odd)).Status); // its body is read a second time
        Assert.Equal(201, (await server.SendAsync("POST", "/Users", Person("grace@example.com"))).Status);
    }

    [Theory, EachDatabase]
    public async Task Of_acts_that_leave_together_only_those_with_a_live_token_are_written(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var revoked = await IssueAsync(server);
        Assert.Equal(200, (await WithAsync(server, revoked, "GET", "/Users")).Status);
        Assert.Equal(200, (await server.SendAsync("GET", "/Users")).Status);
        await new RevokeScimCredential(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, revoked.Credential.Id, Ct);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(i => Person($"p{i}@example.com"))
                .Select(
                    (body, i) => i % 2 == 0 ? WithAsync(server, revoked, "POST", "/Users", body) : server.SendAsync("POST", "/Users", body)
                )
        );
        Assert.All(answers.Index(), a => Assert.Equal(a.Index % 2 == 1 ? 201 : 401, a.Item.Status));
        Assert.Equal(12, (await server.SendAsync("GET", "/Users")).Json["totalResults"]!.GetValue<int>());
        Assert.Empty(await new VerifyCounters(server.Store).RunAsync(Ct));
    }

    private static async Task<string> CreateAsync(DoorServer server, string userName)
    {
        var answer = await server.SendAsync("POST", "/Users", Person(userName));
        Assert.Equal(201, answer.Status);
        return answer.Json["id"]!.GetValue<string>();
    }

    private static async Task<IssuedScimToken> IssueAsync(DoorServer server, TimeSpan? life = null) =>
        (await new CreateScimCredential(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, "one", life, Ct)).Value;

    private static Task<Answer> WithAsync(DoorServer server, IssuedScimToken issued, string method, string path, string? body = null) =>
        server.SendAsync(method, path, body, r => r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issued.Token));

    private static string Person(string userName) => $$"""{"schemas":["{{User}}"],"userName":"{{userName}}"}""";

    private static string Change(string title) =>
        $$"""{"schemas":["{{PatchOp}}"],"Operations":[{"op":"replace","path":"title","value":"{{title}}"}]}""";

    private static async Task<(int Members, int Groups, long Versions)> StateAsync(DoorServer server)
    {
        await using var db = server.Store.Read();
        return (await db.Members.CountAsync(Ct), await db.Groups.CountAsync(Ct), await db.Members.SumAsync(m => m.Version, Ct));
    }
}
