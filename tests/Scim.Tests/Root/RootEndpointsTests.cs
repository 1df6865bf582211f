using System.Text.Json.Nodes;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Root;

public class RootEndpointsTests
{
    private const string Search = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    [Theory, EachDatabase]
    public async Task A_query_at_the_root_finds_users_and_groups_in_one_list(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var (ada, bob, readers) = await SeedAsync(server);

        // what a type does not know has no value there: groups have no userName
        Assert.Equal([ada], await FindAsync(server, "\"filter\":\"userName sw \\\"a\\\"\""));
        Assert.Equal([bob, readers], await FindAsync(server, "\"filter\":\"displayName sw \\\"b\\\" or displayName eq \\\"readers\\\"\""));
        Assert.Equal([readers], await FindAsync(server, "\"filter\":\"meta.resourceType eq \\\"Group\\\"\""));
        Assert.Equal([ada, bob], await FindAsync(server, "\"filter\":\"meta.resourceType eq \\\"User\\\"\""));
        Assert.Equal([ada, bob, readers], await FindAsync(server, "\"filter\":\"not (title eq \\\"x\\\")\""));
        Assert.Equal([ada, bob, readers], await FindAsync(server, "\"startIndex\":1"));

        // an order over both, no value last
        Assert.Equal([ada, bob, readers], await FindAsync(server, "\"sortBy\":\"displayName\""));
        Assert.Equal([readers, bob, ada], await FindAsync(server, "\"sortBy\":\"displayName\",\"sortOrder\":\"descending\""));
        Assert.Equal([ada, bob, readers], await FindAsync(server, "\"sortBy\":\"userName\""));

        // the same in the address
        var answer = await server.SendAsync("GET", "/?filter=displayName eq \"readers\"&attributes=displayName");
        Assert.Equal((200, 1), (answer.Status, answer.Json["totalResults"]!.GetValue<int>()));
        Assert.Equal(["schemas", "id", "displayName"], answer.Json["Resources"]![0]!.AsObject().Select(p => p.Key));

        // asked for nothing in particular, the root shows everything
        foreach (var path in (string[])["", "/"])
        {
            var everything = await server.SendAsync("GET", path);
            Assert.Equal((200, 3), (everything.Status, everything.Json["totalResults"]?.GetValue<int>()));
            Assert.Equal([ada, bob, readers], everything.Json["Resources"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()));
        }
    }

    [Theory, EachDatabase]
    public async Task Pages_of_the_root_follow_one_another_by_index_and_by_cursor(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var (ada, bob, readers) = await SeedAsync(server);
        string[] all = [ada, bob, readers];
        for (var start = 1; start <= 4; start++)
        {
            Assert.Equal(all.Skip(start - 1).Take(2), await FindAsync(server, $"\"startIndex\":{start},\"count\":2", total: 3));
        }

        foreach (var order in (string[])["", ",\"sortBy\":\"displayName\",\"sortOrder\":\"descending\""])
        {
            List<string> met = [];
            string? cursor = "";
            while (cursor is not null)
            {
                var page = await server.SendAsync(
                    "POST",
                    "/.search",
                    $$"""{"schemas":["{{Search}}"],"count":2,"cursor":"{{cursor}}"{{order}}}"""
                );
                Assert.True(page.Status == 200, page.Text);
                met.AddRange(page.Json["Resources"]!.AsArray().Select(r => r!["id"]!.GetValue<string>()));
                cursor = page.Json["nextCursor"]?.GetValue<string>();
                Assert.Equal(met.Count < 3, cursor is not null);
            }

            Assert.Equal(order.Length == 0 ? all : all.Reverse(), met);
        }
    }

    [Theory, EachDatabase]
    public async Task What_no_type_knows_is_declined_at_the_root(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        foreach (
            var (query, scimType) in (ValueTuple<string, string>[])
                [
                    ("\"filter\":\"shoeSize eq 4\"", "invalidFilter"),
                    ("\"filter\":\"password eq \\\"x\\\"\"", "sensitive"),
                    ("\"sortBy\":\"shoeSize\"", "invalidValue"),
                    ("\"sortBy\":\"name\"", "invalidValue"),
                ]
        )
        {
            var answer = await server.SendAsync("POST", "/.search", $$"""{"schemas":["{{Search}}"],{{query}}}""");
            Assert.Equal(scimType, answer.ScimType);
        }
    }

    private static async Task<string[]> FindAsync(DoorServer server, string query, int? total = null)
    {
        var answer = await server.SendAsync("POST", "/.search", $$"""{"schemas":["{{Search}}"],{{query}}}""");
        Assert.True(answer.Status == 200, answer.Text);
        string[] ids = [.. answer.Json["Resources"]!.AsArray().Select(r => r!["id"]!.GetValue<string>())];
        Assert.Equal(total ?? ids.Length, answer.Json["totalResults"]!.GetValue<int>());
        return ids;
    }

    private static async Task<(string Ada, string Bob, string Readers)> SeedAsync(DoorServer server)
    {
        var ada = await server.UserAsync("ada@example.com", ",\"displayName\":\"Ada\"");
        var bob = await server.UserAsync("bob@example.com", ",\"displayName\":\"Bob\"");
        return (ada, bob, await server.GroupAsync("Readers", ada));
    }
}
