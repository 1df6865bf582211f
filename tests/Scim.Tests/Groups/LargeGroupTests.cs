using System.Text.Json.Nodes;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Groups;

public class LargeGroupTests
{
    private static readonly int[] Sizes = [5, 0, 2, 2, 1, 5, 3, 0, 4, 1];
    private const string Search = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

    /// <summary>
    /// Groups of 0 to 5 members on pages that hold four together: each way through the list shows each group once, with all of its members.
    /// </summary>
    [Theory, EachDatabase]
    public async Task A_page_of_groups_ends_where_their_members_are_too_many_and_the_way_through_is_complete(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxReferencesOfPage = 4);
        var people = await PeopleAsync(server, 5);
        var expected = new Dictionary<string, int>();
        foreach (var (size, i) in Sizes.Select((size, i) => (size, i)))
        {
            expected[await server.GroupAsync($"G{i}", [.. people.Take(size)])] = size;
        }

        foreach (
            var query in (string[])
                [
                    "",
                    "&sortBy=displayName",
                    "&sortBy=displayName&sortOrder=descending",
                    "&filter=displayName sw \"G\"",
                    "&filter=displayName pr",
                    "&excludedAttributes=externalId",
                ]
        )
        {
            Same(expected, await ByIndexAsync(server, "/Groups", query), query);
            Same(expected, await ByCursorAsync(server, "/Groups", query), "cursor" + query);
            Same(
                expected,
                await ByIndexAsync(server, "/", "&filter=meta.resourceType eq \"Group\"" + query.Split("&filter")[0]),
                "root" + query
            );
        }

        Same(expected, await BySearchAsync(server, "/Groups/.search", ""), "/Groups/.search");
        Same(expected, await BySearchAsync(server, "/.search", ",\"filter\":\"displayName sw \\\"G\\\"\""), "/.search");
        // nothing to cut for
        Assert.Equal(10, (await server.SendAsync("GET", "/Groups?excludedAttributes=members")).Json["itemsPerPage"]!.GetValue<int>());
        Assert.Equal(10, (await server.SendAsync("GET", "/Groups?attributes=displayName")).Json["itemsPerPage"]!.GetValue<int>());
    }

    /// <summary>The same in the other dimension: users who are in many groups.</summary>
    [Theory, EachDatabase]
    public async Task A_page_of_users_ends_where_their_groups_are_too_many_and_the_way_through_is_complete(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxReferencesOfPage = 4);
        var sizes = new[] { 2, 5, 0, 4, 1, 1, 3 };
        var people = await PeopleAsync(server, sizes.Length);
        for (var g = 0; g < 5; g++)
        {
            await server.GroupAsync($"G{g}", [.. people.Where((_, i) => sizes[i] > g)]);
        }

        var expected = people.Select((id, i) => (id, sizes[i])).ToDictionary(p => p.id, p => p.Item2);
        foreach (
            var query in (string[])["", "&filter=userName sw \"u\"", "&sortBy=userName", "&excludedAttributes=title", "&attributes=groups"]
        )
        {
            Same(expected, await ByIndexAsync(server, "/Users", query, "groups"), query);
            Same(expected, await ByCursorAsync(server, "/Users", query, "groups"), "cursor" + query);
        }

        foreach (var (id, size) in expected)
        {
            var path = "/Users?filter=userName eq \"" + (await server.SendAsync("GET", "/Users/" + id)).Json["userName"] + "\"";
            Assert.Equal(size, (await server.SendAsync("GET", path)).Json["Resources"]![0]!["groups"]?.AsArray().Count ?? 0);
        }
    }

    [Theory, EachDatabase]
    public async Task Pages_that_were_cut_lead_back_as_completely(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxReferencesOfPage = 4);
        var people = await PeopleAsync(server, 5);
        var expected = new Dictionary<string, int>();
        foreach (var (size, i) in Sizes.Select((size, i) => (size, i)))
        {
            expected[await server.GroupAsync($"G{i}", [.. people.Take(size)])] = size;
        }

        foreach (var query in (string[])["cursor", "cursor&sortBy=displayName"])
        {
            var found = new Dictionary<string, int>();
            var page = (await server.SendAsync("GET", $"/Groups?{query}&count=5")).Json;
            while (page["nextCursor"] is { } next)
            {
                page = (
                    await server.SendAsync("GET", $"/Groups?{query.Replace("cursor", "cursor=" + next, StringComparison.Ordinal)}&count=5")
                ).Json;
            }

            Collect(found, page, "members");
            while (page["previousCursor"] is { } previous)
            {
                page = (
                    await server.SendAsync(
                        "GET",
                        $"/Groups?{query.Replace("cursor", "cursor=" + previous, StringComparison.Ordinal)}&count=5"
                    )
                ).Json;
                Collect(found, page, "members");
                Assert.True(found.Count <= expected.Count);
            }

            Same(expected, found, query);
        }
    }

    /// <summary>
    /// A group larger than what is read at once, and than a page may hold: alone it is whole, in any choice of attributes.
    /// </summary>
    [Theory, EachDatabase]
    public async Task A_group_of_any_size_is_shown_whole(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxReferencesOfPage = 1500);
        var people = (
            await Copies.LikeAsync(server.Store, server.Workspace.Id, Guid.Parse(await server.UserAsync("ada@example.com")), 2345)
        ).ConvertAll(id => id.ToString());
        var group = await server.GroupAsync("All", [.. people]);
        foreach (var query in (string[])["", "?attributes=members", "?attributes=members.value", "?excludedAttributes=members.display"])
        {
            var one = await server.SendAsync("GET", $"/Groups/{group}{query}");
            Assert.Equal((200, "W/\"1\""), (one.Status, one.Header("ETag")));
            var members = one.Json["members"]!.AsArray();
            Assert.Equal(people.Order(StringComparer.Ordinal), members.Select(m => m!["value"]?.GetValue<string>()));
            var parts = query switch
            {
                "?attributes=members.value" => "value",
                "?excludedAttributes=members.display" => "value $ref type",
                _ => "value $ref display type",
            };
            Assert.All(members, m => Assert.Equal(parts, string.Join(' ', m!.AsObject().Select(p => p.Key))));
        }

        Assert.Null((await server.SendAsync("GET", $"/Groups/{group}?excludedAttributes=members")).Json["members"]);
        var page = await server.SendAsync("GET", "/Groups");
        Assert.Equal(2345, page.Json["Resources"]![0]!["members"]!.AsArray().Count);
        var renamed = await server.SendAsync(
            "PUT",
            "/Groups/" + group,
            (await server.SendAsync("GET", "/Groups/" + group)).Text.Replace("\"All\"", "\"Everybody\"", StringComparison.Ordinal)
        );
        Assert.Equal(
            (200, "Everybody", 2345),
            (renamed.Status, renamed.Json["displayName"]!.GetValue<string>(), renamed.Json["members"]!.AsArray().Count)
        );
    }

    /// <summary>And somebody in more groups than are read at once.</summary>
    [Theory, EachDatabase]
    public async Task Somebody_in_any_number_of_groups_is_shown_whole(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxReferencesOfPage = 1200);
        var people = await PeopleAsync(server, 2);
        await Copies.GroupsLikeAsync(
            server.Store,
            server.Workspace.Id,
            Guid.Parse(await server.GroupAsync("G")),
            Guid.Parse(people[0]),
            1300
        );
        foreach (
            var path in (string[])
                [
                    "/Users/" + people[0],
                    $"/Users/{people[0]}?attributes=groups",
                    "/Users?filter=userName eq \"u0@example.com\"",
                    "/Users?count=1",
                    "/Users?count=1&filter=userName sw \"u0\"",
                ]
        )
        {
            var json = (await server.SendAsync("GET", path)).Json;
            var user = json["Resources"]?[0] ?? json;
            Assert.Equal(1300, user["groups"]!.AsArray().Select(g => g!["value"]!.GetValue<string>()).Distinct().Count());
        }

        Assert.Equal(1, (await server.SendAsync("GET", "/Users")).Json["itemsPerPage"]!.GetValue<int>());
        Assert.Equal(people[1], (await server.SendAsync("GET", "/Users?startIndex=2")).Json["Resources"]![0]!["id"]!.GetValue<string>());
    }

    private static async Task<List<string>> PeopleAsync(DoorServer server, int count)
    {
        var people = new List<string>();
        for (var i = 0; i < count; i++)
        {
            people.Add(await server.UserAsync($"u{i}@example.com"));
        }

        return people;
    }

    private static async Task<Dictionary<string, int>> ByIndexAsync(DoorServer server, string path, string query, string list = "members")
    {
        var found = new Dictionary<string, int>();
        long total = 1;
        while (found.Count < total)
        {
            total = Collect(found, (await server.SendAsync("GET", $"{path}?startIndex={found.Count + 1}&count=6{query}")).Json, list);
        }

        return found;
    }

    private static async Task<Dictionary<string, int>> ByCursorAsync(DoorServer server, string path, string query, string list = "members")
    {
        var found = new Dictionary<string, int>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = (await server.SendAsync("GET", $"{path}?cursor={cursor}&count=6{query}")).Json;
            Collect(found, page, list);
            cursor = page["nextCursor"]?.GetValue<string>();
        }

        return found;
    }

    private static async Task<Dictionary<string, int>> BySearchAsync(DoorServer server, string path, string more)
    {
        var found = new Dictionary<string, int>();
        long total = 1;
        while (found.Count < total)
        {
            total = Collect(
                found,
                (
                    await server.SendAsync(
                        "POST",
                        path,
                        $$"""{"schemas":["{{Search}}"],"startIndex":{{found.Count + 1}},"count":6{{more}}}"""
                    )
                ).Json,
                "members"
            );
        }

        return found;
    }

    private static long Collect(Dictionary<string, int> found, JsonObject page, string list)
    {
        Assert.True(page["Resources"] is JsonArray, page.ToJsonString());
        var resources = page["Resources"]!.AsArray();
        Assert.NotEmpty(resources);
        Assert.Equal(resources.Count, page["itemsPerPage"]!.GetValue<int>());
        Assert.True(resources.Count == 1 || resources.Sum(r => r![list]?.AsArray().Count ?? 0) <= 4, page.ToJsonString());
        foreach (var resource in resources)
        {
            Assert.True(found.TryAdd(resource!["id"]!.GetValue<string>(), resource[list]?.AsArray().Count ?? 0), "shown twice");
        }

        return page["totalResults"]!.GetValue<long>();
    }

    private static void Same(Dictionary<string, int> expected, Dictionary<string, int> found, string how) =>
        Assert.True(
            expected.OrderBy(p => p.Key).SequenceEqual(found.OrderBy(p => p.Key)),
            $"{how}: {string.Join(' ', expected.OrderBy(p => p.Key).Select(p => p.Value))} became {string.Join(' ', found.OrderBy(p => p.Key).Select(p => p.Value))}"
        );
}
