using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Stories;

/// <summary>What the provisioning log is told of each kind of request.</summary>
public sealed class RequestStoryTests
{
    private const string User = "\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"]";

    [Theory, EachDatabase]
    public async Task Each_request_has_a_line_that_says_who_what_and_why(Database kind)
    {
        await using var server = await DoorServer.StartAsync(
            kind,
            c => c with { Capacity = c.Capacity with { Seats = 1, OnFull = OnFull.Refuse, MoreHint = null } }
        );
        var ada = await server.UserAsync("ada@acme.test", ",\"displayName\":\"Ada\",\"password\":\"hunter2-hunter2\"");
        _ = await server.SendAsync("POST", "/Users", $$"""{{{User}},"userName":"bob@acme.test","active":true}""");
        _ = await server.PatchAsync($"/Users/{ada}", """{"op":"Replace","path":"title","value":"Countess"}""");
        _ = await server.PatchAsync($"/Users/{ada}", """{"op":"Replace","path":"title","value":"Countess"}""");
        _ = await server.PatchAsync($"/Users/{ada}", """{"op":"Replace","path":"active","value":"False"}""");
        _ = await server.PatchAsync($"/Users/{ada}", """{"op":"Replace","path":"active","value":true}""");
        _ = await server.SendAsync("GET", "/Users?filter=userName%20eq%20%22nobody@acme.test%22");
        _ = await server.SendAsync("GET", "/Users?filter=userName%20qq%20%22secret@acme.test%22");
        var group = await server.GroupAsync("Staff", ada, Guid.CreateVersion7().ToString());
        _ = await server.PatchAsync($"/Users/{Guid.CreateVersion7()}", """{"op":"Replace","path":"title","value":"x"}""");
        _ = await server.SendAsync("DELETE", $"/Groups/{group}");
        _ = await server.SendAsync("DELETE", $"/Users/{ada}");
        _ = await server.SendAsync("DELETE", $"/Users/{ada}");
        _ = await server.SendAsync("GET", "/Nonsense");
        var lines = await LinesAsync(server);
        Assert.Equal(
            [
                "POST Created member Ada ",
                "POST Refused member bob@acme.test seatsFull",
                "PATCH Changed member Ada ",
                "PATCH Unchanged member Ada ",
                "PATCH Deactivated member Ada ",
                "PATCH Activated member Ada ",
                "GET Absent member nobody@acme.test ",
                "GET Refused   invalidFilter",
                "POST Created group Staff membersNotHere",
                "PATCH Refused member  notFound",
                "DELETE Deleted group Staff ",
                "DELETE Deleted member Ada ",
                "DELETE Absent member Ada ",
                "GET Refused   noSuchAddress",
            ],
            lines.Select(l => $"{l.Method} {l.Outcome} {l.TargetKind} {l.TargetName} {l.Code}")
        );
        var created = lines[0];
        Assert.Contains("\"password\":\"(left out)\"", created.Request, StringComparison.Ordinal);
        Assert.Contains("\"userName\":\"ada@acme.test\"", created.Request, StringComparison.Ordinal);
        Assert.Equal(("test", 201, null, false), (created.Client, created.Status, created.Answer, created.Failed));
        var refused = lines[1];
        Assert.Equal((403, true), (refused.Status, refused.Failed));
        Assert.StartsWith("No seat is free: all 1 are in use.", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("\"detail\":\"No seat is free", refused.Answer, StringComparison.Ordinal);
        Assert.Equal("/Users?filter=userName qq \"…\"", lines[7].Path);
        Assert.All(lines, l => Assert.NotEqual(Guid.Empty, l.CycleId));
        Assert.DoesNotContain("hunter2", string.Join('\n', lines), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Token, string.Join('\n', lines), StringComparison.Ordinal);

        // what the cycle did stands in the audit log too, from which it can be undone
        var switched = Assert.Single(lines, l => l.Outcome == ProvisioningOutcome.Deactivated);
        await using var db = server.Store.Read();
        var entry = await db.AuditEntries.AsNoTracking().SingleAsync(a => a.TargetId == switched.TargetId && a.Act == "member.deactivated");
        Assert.Equal(switched.ClientId, entry.ActorId);
    }

    [Theory, EachDatabase]
    public async Task Operations_of_a_bulk_request_have_lines_of_their_own(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        _ = await server.SendAsync(
            "POST",
            "/Bulk",
            $$"""
            {"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
            {"method":"POST","path":"/Users","bulkId":"a","data":{{{User}},"userName":"a@acme.test","password":"hunter2-hunter2"} },
            {"method":"DELETE","path":"/Users/{{Guid.CreateVersion7()}}"},
            {"method":"POST","path":"/Users","bulkId":"b","data":{{{User}},"userName":"A@acme.test"} }]}
            """
        );
        _ = await server.SendAsync("POST", "/Bulk", "{}");
        var lines = await LinesAsync(server);
        Assert.Equal(
            ["POST /Users Created ", "DELETE /Users/ Absent ", "POST /Users Refused userNameTaken", "POST /Bulk Refused invalidSyntax"],
            lines.Select(l => $"{l.Method} {(l.Path.Length > 10 ? l.Path[..7] : l.Path)} {l.Outcome} {l.Code}")
        );
        Assert.DoesNotContain("hunter2", string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task Who_comes_with_no_token_or_an_old_one_is_told_to_the_workspace_in_few_lines(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, time: clock);
        for (var i = 0; i < 5; i++)
        {
            _ = await server.SendAsync("GET", "/Users", prepare: r => r.Headers.Authorization = null);
            _ = await server.SendAsync("GET", "/Users", prepare: r => r.Headers.Authorization = new("Bearer", new string('x', 40)));
        }

        var (token, old) = (server.Token, (await TokensAsync(server)).Single());
        _ = await new RevokeScimCredential(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, old, default);
        Assert.Equal(401, (await server.SendAsync("GET", "/Users")).Status);
        Assert.Equal(
            ["tokenMissing 5 Unknown", "tokenRevoked 1 test", "tokenUnknown 5 Unknown"],
            (await LinesAsync(server)).Select(l => $"{l.Code} {l.Times} {l.Client}").Order()
        );
        Assert.Equal(401, (await server.SendAsync("GET", "/Users")).Status);
        Assert.Equal(3, (await LinesAsync(server, andSums: false)).Count);
        clock.Advance(TimeSpan.FromMinutes(1));
        var lines = await LinesAsync(server, andSums: false);
        Assert.Equal(4, lines.Count);
        Assert.Contains("was revoked on 2026-03-02", lines[^1].Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(token, string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_method_longer_than_any_stops_no_line_that_follows(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var method = new string('A', 60);
        _ = await server.SendAsync(method, "/Users");
        _ = await server.SendAsync(method, "/Users", prepare: r => r.Headers.Authorization = null);
        _ = await server.UserAsync("ada@acme.test");
        var lines = await LinesAsync(server);
        Assert.Equal(["methodNotAllowed", null, "tokenMissing"], lines.Select(l => l.Code));
        Assert.All(lines, l => Assert.True(l.Method.Length <= 32));
    }

    [Fact]
    public async Task Payloads_are_bounded_hold_no_secret_and_no_name_of_somebody_else()
    {
        await using var server = await DoorServer.StartAsync(Database.Sqlite);
        var long1 = new string('n', 2000);
        _ = await server.SendAsync(
            "POST",
            "/Users",
            $$"""
            {{{User}},"userName":"c@acme.test","nickName":"{{long1}}","urn:ietf:params:scim:schemas:core:2.0:User:password":"hunter2",
            "apiToken":"hunter2","extra":{"clientSecret":["hunter2"]},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"7","displayName":"Grace Hopper"} } }
            """
        );
        var ada = await server.UserAsync("ada@acme.test");
        _ = await server.PatchAsync($"/Users/{ada}", """{"op":"replace","path":"password","value":"hunter2-hunter2"}""");
        _ = await server.PatchAsync($"/Users/{ada}", """{"op":"replace","value":{"password":"hunter2-hunter2","nickName":"Countess"}}""");
        _ = await server.SendAsync("GET", "/Users?filter=password%20eq%20%22hunter2%22");
        _ = await server.SendAsync(
            "GET",
            "/Users?filter=(userName%20eq%20%22hunter2%22%20or%20title%20pr)%20and%20userName%20eq%20hunter2"
        );
        var members = string.Join(
            ",",
            Enumerable.Range(0, 400).Select(i => $$"""{"value":"{{Guid.CreateVersion7()}}","display":"Grace Hopper"}""")
        );
        _ = await server.SendAsync(
            "POST",
            "/Groups",
            $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Big","members":[{{members}}]}"""
        );
        var lines = await LinesAsync(server);
        var text = string.Join('\n', lines);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Grace", text, StringComparison.Ordinal);
        Assert.Contains("Countess", text, StringComparison.Ordinal);
        Assert.True(lines[0].Cut);
        Assert.True(lines[^1] is { Cut: true, Request.Length: < 10_000 });
    }

    private static async Task<List<ProvisioningLine>> LinesAsync(DoorServer server, bool andSums = true)
    {
        await server.Provisioning.FlushAsync(andSums, default);
        var page = await new ListProvisioning(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, new(), null, 200, default);
        return [.. page.Value.Lines.Reverse()];
    }

    private static async Task<List<Membership.Id<ScimCredential>>> TokensAsync(DoorServer server) =>
        [
            .. (await new DirectoryPage(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, default)).Value.Select(t =>
                t.Credential.Id
            ),
        ];
}
