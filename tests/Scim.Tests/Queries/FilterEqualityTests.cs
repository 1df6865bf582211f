using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Queries;

/// <summary>
/// What the database answers is what the protocol's own evaluator says of the resources that are shown. The environment
/// variable USERMANAGEMENT_RANDOM_FILTERS makes the run as long as one likes.
/// </summary>
public class FilterEqualityTests
{
    private static readonly int Count = int.TryParse(
        Environment.GetEnvironmentVariable("USERMANAGEMENT_RANDOM_FILTERS"),
        NumberStyles.None,
        CultureInfo.InvariantCulture,
        out var count
    )
        ? count
        : 120;

    [Theory, EachDatabase]
    public async Task Random_filters_find_the_same_in_the_database_and_in_memory(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, time: clock);
        var ids = await SeedAsync(server, clock);
        var users = await AllAsync(
            server,
            "/Users",
            "&attributes="
                + string.Join(',', SchemaRegistry.Full.User.Core.Attributes.Select(a => a.Name))
                + ",externalId,meta,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,urn:usermanagement:params:scim:schemas:extension:membership:2.0:User"
        );
        var groups = await AllAsync(server, "/Groups", "");
        foreach (var filter in RandomFilters.OfUsers(ids).Sample(Count, 4))
        {
            await CheckAsync(server, "/Users", filter, users, SchemaRegistry.Full.User);
            clock.Advance(TimeSpan.FromMilliseconds(200)); // many filters are no noisy directory
        }

        foreach (var filter in RandomFilters.OfGroups(ids).Sample(Count / 3, 4))
        {
            await CheckAsync(server, "/Groups", filter, groups, SchemaRegistry.Full.Group);
            clock.Advance(TimeSpan.FromMilliseconds(200));
        }
    }

    [Theory, EachDatabase]
    public async Task Random_orders_are_the_same_in_the_database_and_in_memory(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, time: clock);
        await SeedAsync(server, clock);
        var users = await AllAsync(server, "/Users", "");
        foreach (
            var by in (string[])
                [
                    "userName",
                    "id",
                    "externalId",
                    "displayName",
                    "name.familyName",
                    "meta.created",
                    "meta.lastModified",
                    "emails",
                    "emails.type",
                    "active",
                    "title",
                    "groups.display",
                ]
        )
        {
            foreach (var order in (SortOrder[])[SortOrder.Ascending, SortOrder.Descending])
            {
                var sort = Sort.Resolve(AttributePath.Parse(by).Value!, order, SchemaRegistry.Full.User).Value!;
                var expected = users
                    .OrderBy(u => u, sort)
                    .ThenBy(u => u["id"]!.GetValue<string>(), StringComparer.Ordinal)
                    .Select(Id)
                    .ToList();
                var word = order.ToString().ToLowerInvariant();
                List<string> found = [];
                for (var start = 1; start <= expected.Count; start += 5)
                {
                    var page = await server.SendAsync(
                        "GET",
                        $"/Users?sortBy={by}&sortOrder={word}&startIndex={start}&count=5&attributes=id"
                    );
                    Assert.True(page.Status == 200, page.Text);
                    Assert.Equal(expected.Count, page.Json["totalResults"]!.GetValue<int>());
                    found.AddRange(page.Json["Resources"]!.AsArray().Select(r => Id(r!.AsObject())));
                }

                // an order of a descending list without a rule for equals is ours to choose, but it must stay
                Assert.True(expected.SequenceEqual(found), $"{by} {word}");
            }
        }
    }

    private static async Task CheckAsync(DoorServer server, string list, string text, List<JsonObject> all, ScimResourceType type)
    {
        var filter = Filter.Parse(text).Value ?? throw new InvalidOperationException(text);
        var answer = await server.SendAsync("GET", $"{list}?count=1000&attributes=id&filter={Uri.EscapeDataString(text)}");
        if (FilterCheck.Run(filter, type) is { } refused)
        {
            Assert.True(answer.Status == refused.Status, $"{text}: {answer.Text}");
            return;
        }

        Assert.True(
            answer.Status == 200,
            $"{text}: {answer.Text} {server.Log.All.LastOrDefault(l => l.StartsWith("Error", StringComparison.Ordinal))}"
        );
        var expected = all.Where(r => FilterEvaluator.Matches(filter, r, type)).Select(Id).ToList();
        var found = answer.Json["Resources"]!.AsArray().Select(r => Id(r!.AsObject())).ToList();
        Assert.True(
            expected.SequenceEqual(found),
            $"{text}\nin memory {string.Join(' ', expected)}\nby the server {string.Join(' ', found)}"
        );
        Assert.Equal(expected.Count, answer.Json["totalResults"]!.GetValue<int>());
    }

    private static async Task<List<string>> SeedAsync(DoorServer server, HandClock clock)
    {
        List<string> ids = [];
        for (var i = 0; i < 18; i++)
        {
            var made = await server.SendAsync("POST", "/Users", RandomFilters.Person(i, ids).Sample(1, 10)[0]);
            Assert.True(made.Status == 201, made.Text);
            ids.Add(Id(made.Json));
            clock.Advance(TimeSpan.FromSeconds(20));
        }

        foreach (
            var (name, members) in (ValueTuple<string, string[]>[])
                [
                    ("Ada", [ids[0], ids[3]]),
                    ("a%b", [ids[0], ids[5]]),
                    ("x", []),
                    ("Żółw", [ids[1]]),
                    ("Straße\u200B", [ids[2]]),
                    ("ＺＯË  ﬁsh", [ids[4]]),
                    ("οδός", [ids[1]]),
                ]
        )
        {
            ids.Add(await server.GroupAsync(name, members));
        }

        await server.PatchAsync("/Groups/" + ids[^1], """{"op":"replace","path":"externalId","value":"x"}""");
        await server.SendAsync("DELETE", "/Users/" + ids[9]);
        return ids;
    }

    private static async Task<List<JsonObject>> AllAsync(DoorServer server, string list, string more) =>
        [
            .. (await server.SendAsync("GET", $"{list}?count=1000{more}")).Json["Resources"]!
                .AsArray()
                .Select(r => r!.DeepClone().AsObject()),
        ];

    private static string Id(JsonObject resource) => resource["id"]!.GetValue<string>();
}
