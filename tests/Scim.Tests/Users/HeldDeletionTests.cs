using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Members;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Users;

/// <summary>A directory sees its own write: whom it deleted it does not find, though they stay in while that is held.</summary>
public sealed class HeldDeletionTests
{
    [Theory, EachDatabase]
    public async Task Nothing_shows_whom_the_directory_deleted(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var ada = await server.UserAsync("ada@example.com", ""","active":true,"externalId":"e1" """);
        var bob = await server.UserAsync("bob@example.com");
        var group = await server.GroupAsync("Both", ada, bob);
        var alone = await server.GroupAsync("Alone", ada);
        var id = Guid.Parse(ada);
        await using (var db = server.Store.Read())
        {
            var rows = db.Members.Where(m => m.Id == new Membership.Id<Member>(id));
            await rows.ExecuteUpdateAsync(m =>
                m.SetProperty(x => x.DirectoryActive, false)
                    .SetProperty(x => x.HeldAs, HeldAs.Deletion)
                    .SetProperty(x => x.HeldSince, DateTimeOffset.UnixEpoch)
            );
        }

        foreach (var method in (string[])["GET", "DELETE"])
        {
            Assert.Equal(404, (await server.SendAsync(method, "/Users/" + ada)).Status);
        }

        Assert.Equal(404, (await server.PatchAsync("/Users/" + ada, """{"op":"replace","path":"active","value":true}""")).Status);
        foreach (
            var query in (string[])
                [
                    "",
                    "?count=1&startIndex=1",
                    "?count=0",
                    "?sortBy=userName",
                    "?filter=active%20pr",
                    "?filter=id%20pr%20or%20userName%20eq%20%22ada@example.com%22",
                    "?cursor",
                ]
        )
        {
            var listed = await server.SendAsync("GET", "/Users" + query);
            Assert.True(listed.Status == 200, listed.Text);
            Assert.Equal((query, 1), (query, (int)listed.Json["totalResults"]!));
            Assert.DoesNotContain(ada, listed.Text, StringComparison.Ordinal);
        }

        foreach (
            var none in (string[])
                ["userName eq \"ada@example.com\"", "externalId eq \"e1\"", $"id eq \"{ada}\"", "active eq false", $"groups eq \"{alone}\""]
        )
        {
            Assert.Equal((none, 0), (none, (int)(await ListAsync(server, "/Users", none))["totalResults"]!));
        }

        Assert.Equal(0, (int)(await ListAsync(server, "/Groups", $"members eq \"{ada}\""))["totalResults"]!);
        Assert.Equal(1, (int)(await ListAsync(server, "/Groups", "members pr"))["totalResults"]!);
        Assert.Equal([bob], MembersOf((await server.SendAsync("GET", "/Groups/" + group)).Json));
        Assert.Empty(MembersOf((await server.SendAsync("GET", "/Groups/" + alone)).Json));
        var again = await server.SendAsync(
            "POST",
            "/Users",
            """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Ada@example.com"}"""
        );
        Assert.Equal((201, ada), (again.Status, again.Json["id"]!.GetValue<string>()));
        Assert.Null(again.Json["groups"]);
        Assert.Equal(2, (int)(await server.SendAsync("GET", "/Users")).Json["totalResults"]!);
    }

    private static async Task<JsonObject> ListAsync(DoorServer server, string path, string filter) =>
        (await server.SendAsync("GET", $"{path}?filter={Uri.EscapeDataString(filter)}")).Json;

    private static IEnumerable<string> MembersOf(JsonObject group) =>
        group["members"] is JsonArray members ? members.Select(m => m!["value"]!.GetValue<string>()) : [];
}
