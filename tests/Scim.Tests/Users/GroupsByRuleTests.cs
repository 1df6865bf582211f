using UserManagement.Membership.Access;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Rules;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

/// <summary>The answer to a write shows the groups into which a rule put the person by that write.</summary>
public class GroupsByRuleTests
{
    private const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Who_comes_into_a_group_by_what_was_written_is_shown_in_it(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var plant = await GroupAsync(server, "Plant");
        var tower = await GroupAsync(server, "Tower");
        await RuleAsync(server, "Plant", plant);
        await RuleAsync(server, "Tower", tower);

        var made = await server.SendAsync("POST", "/Users", Body("Plant"));
        Assert.True(made.Status == 201, made.Text);
        var id = (string)made.Json["id"]!;
        Assert.Equal(["Plant"], await ShownAsync(server, id, made));

        var patched = await server.SendAsync("PATCH", "/Users/" + id, Patch("Tower"));
        Assert.Equal(["Tower"], await ShownAsync(server, id, patched));
        var again = await server.SendAsync("PATCH", "/Users/" + id, Patch("Tower")); // nothing changes
        Assert.Equal(["Tower"], await ShownAsync(server, id, again));
        var replaced = await server.SendAsync("PUT", "/Users/" + id, Body("Plant"));
        Assert.Equal(["Plant"], await ShownAsync(server, id, replaced));
        var none = await server.SendAsync("PATCH", "/Users/" + id, Patch("Elsewhere"));
        Assert.Empty(await ShownAsync(server, id, none));
    }

    [Theory, EachDatabase]
    public async Task Groups_that_stay_are_shown_and_those_that_are_not_wanted_are_not(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var id = (string)(await server.SendAsync("POST", "/Users", Body("Plant"))).Json["id"]!;
        var made = await server.SendAsync(
            "POST",
            "/Groups",
            $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Crew","members":[{"value":"{{id}}"}]}"""
        );
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(["Crew"], await ShownAsync(server, id, await server.SendAsync("PATCH", "/Users/" + id, Patch("Tower"))));
        var cut = await server.SendAsync("PATCH", "/Users/" + id + "?excludedAttributes=groups", Patch("Plant"));
        Assert.Null(cut.Json["groups"]);
        Assert.Equal("Plant", (string)cut.Json[Enterprise]!["department"]!);
    }

    /// <summary>The groups that an answer shows, once a GET shows the same.</summary>
    private static async Task<List<string>> ShownAsync(DoorServer server, string id, Answer answer)
    {
        var read = await server.SendAsync("GET", "/Users/" + id);
        Assert.Equal(read.Json.ToJsonString(), answer.Json.ToJsonString());
        return [.. (answer.Json["groups"]?.AsArray() ?? []).Select(g => (string)g!["display"]!)];
    }

    private static async Task<Group> GroupAsync(DoorServer server, string name) =>
        (await new CreateGroup(server.Store).RunAsync(Actor.Operator, server.Workspace.Id, new() { DisplayName = name }, [], Ct))
            .Value
            .Group;

    private static async Task RuleAsync(DoorServer server, string department, Group group) =>
        Assert.True(
            (
                await new CreateRule(server.Store).RunAsync(
                    Actor.Operator,
                    server.Workspace.Id,
                    new()
                    {
                        Name = department,
                        Asks = RuleAsks.Department,
                        Value = department,
                        Fills = [group.Id],
                    },
                    Ct
                )
            ).Done
        );

    private static string Body(string department) =>
        $$$"""{"schemas":["{{{User}}}","{{{Enterprise}}}"],"userName":"ada@acme.test","{{{Enterprise}}}":{"department":"{{{department}}}"}}""";

    private static string Patch(string department) =>
        $$"""
            {
              "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
              "Operations": [{ "op": "replace", "path": "{{Enterprise}}:department", "value": "{{department}}" }]
            }
            """;
}
