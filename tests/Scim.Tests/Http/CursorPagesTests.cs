using UserManagement.Membership.Data;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

public class CursorPagesTests
{
    [Theory]
    [EachDatabase("Users")]
    [EachDatabase("Groups")]
    public async Task A_crawl_forth_and_back_meets_everything_once_and_in_one_order(Database kind, string list)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var made = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            made.Add(list == "Users" ? await server.UserAsync($"u{i}@example.com") : await server.GroupAsync($"G{i}"));
        }

        made.Sort(StringComparer.Ordinal);
        var forth = new List<string>();
        var page = await server.SendAsync("GET", $"/{list}?cursor&count=3");
        Assert.Null(page.Json["previousCursor"]);
        for (; ; page = await PageAsync(server, list, page, "nextCursor", 3))
        {
            Assert.Equal((200, 7), (page.Status, page.Json["totalResults"]!.GetValue<int>()));
            Assert.Null(page.Json["startIndex"]);
            forth.AddRange(Ids(page));
            if (page.Json["nextCursor"] is null)
            {
                break;
            }
        }

        Assert.Equal(made, forth);
        Assert.Single(Ids(page));
        page = await PageAsync(server, list, page, "previousCursor", 3);
        Assert.Equal(made[3..6], Ids(page));
        page = await PageAsync(server, list, page, "previousCursor", 3);
        Assert.Equal(made[..3], Ids(page));
        Assert.Null(page.Json["previousCursor"]);
        Assert.Equal(made[3..6], Ids(await PageAsync(server, list, page, "nextCursor", 3)));
    }

    [Theory, EachDatabase]
    public async Task Who_comes_or_goes_between_two_pages_moves_nobody_else(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var made = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            made.Add(await server.UserAsync($"u{i}@example.com"));
        }

        var first = await server.SendAsync("GET", "/Users?cursor&count=2");
        await server.SendAsync("DELETE", "/Users/" + made[0]);
        await server.SendAsync("DELETE", "/Users/" + made[1]);
        var last = await server.UserAsync("later@example.com");
        var second = await PageAsync(server, "Users", first, "nextCursor", 2);
        Assert.Equal(made[2..], Ids(second));
        Assert.Equal([last], Ids(await PageAsync(server, "Users", second, "nextCursor", 2)));

        var empty = await PageAsync(server, "Users", second, "previousCursor", 2);
        Assert.Empty(Ids(empty));
        Assert.Equal(made[2..], Ids(await PageAsync(server, "Users", empty, "nextCursor", 2)));
    }

    [Theory, EachDatabase]
    public async Task A_filtered_list_is_paged_by_cursor_in_the_address_and_in_a_body(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var same = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            same.Add(await server.UserAsync($"u{i}@example.com", ""","displayName":"Same" """));
            await server.UserAsync($"other{i}@example.com");
        }

        same.Sort(StringComparer.Ordinal);
        const string filter = "displayName eq \"same\"";
        var first = await server.SendAsync("GET", $"/Users?cursor&count=2&filter={Uri.EscapeDataString(filter)}");
        Assert.Equal((3, 2), (first.Json["totalResults"]!.GetValue<int>(), first.Json["itemsPerPage"]!.GetValue<int>()));
        var body =
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"displayName eq \"same\"","count":2,"cursor":"{{first.Json["nextCursor"]}}"}""";
        var second = await server.SendAsync("POST", "/Users/.search", body);
        Assert.Equal((200, 3), (second.Status, second.Json["totalResults"]!.GetValue<int>()));
        Assert.Equal(same, [.. Ids(first), .. Ids(second)]);
        Assert.Null(second.Json["nextCursor"]);
    }

    [Theory, EachDatabase]
    public async Task A_cursor_opens_nothing_but_its_own_query(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        for (var i = 0; i < 3; i++)
        {
            await server.UserAsync($"u{i}@example.com");
        }

        var cursor = (await server.SendAsync("GET", "/Users?cursor&count=1")).Json["nextCursor"]!.GetValue<string>();
        var (_, foreign) = await server.WorkspaceAsync("globex");
        var answers = new[]
        {
            await server.SendAsync("GET", $"/Groups?cursor={cursor}&count=1"),
            await server.SendAsync("GET", $"/Users?cursor={cursor}&count=1&attributes=userName"),
            await server.SendAsync("GET", $"/Users?cursor={cursor}&count=1&filter=externalId%20eq%20%22x%22"),
            await server.SendAsync("GET", $"/Users?cursor={cursor[..^2]}&count=1"),
            await server.SendAsync("GET", "/Users?cursor=nonsense&count=1"),
            await server.SendAsync(
                "GET",
                $"/Users?cursor={cursor}&count=1",
                null,
                r =>
                {
                    r.RequestUri = new Uri(
                        r.RequestUri!.ToString().Replace("/acme/", "/globex/", StringComparison.Ordinal),
                        UriKind.Relative
                    );
                    r.Headers.Authorization = new("Bearer", foreign);
                }
            ),
        };
        Assert.All(answers, a => Assert.Equal((400, "invalidCursor"), (a.Status, a.ScimType)));
        Assert.Equal("invalidCount", (await server.SendAsync("GET", $"/Users?cursor={cursor}&count=2")).ScimType);
        Assert.Equal("invalidCount", (await server.SendAsync("GET", "/Users?cursor&count=many")).ScimType);
        Assert.Equal(200, (await server.SendAsync("GET", $"/Users?cursor={cursor}&count=1")).Status);
    }

    [Theory, EachDatabase]
    public async Task A_cursor_is_honoured_for_a_day(Database kind)
    {
        var clock = new HandClock(HandClock.Morning);
        await using var server = await DoorServer.StartAsync(kind, time: clock);
        await server.UserAsync("a@example.com");
        await server.UserAsync("b@example.com");
        var first = await server.SendAsync("GET", "/Users?cursor&count=1");
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(200, (await PageAsync(server, "Users", first, "nextCursor", 1)).Status);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("expiredCursor", (await PageAsync(server, "Users", first, "nextCursor", 1)).ScimType);
    }

    [Theory, EachDatabase]
    public async Task No_rows_are_read_where_only_the_total_is_wanted(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        await server.UserAsync("a@example.com");
        var answer = (await server.SendAsync("GET", "/Users?cursor&count=0")).Json;
        Assert.Equal((1, 0), (answer["totalResults"]!.GetValue<int>(), answer["Resources"]!.AsArray().Count));
        Assert.Null(answer["nextCursor"]);
    }

    private static Task<Answer> PageAsync(DoorServer server, string list, Answer from, string cursor, int count) =>
        server.SendAsync("GET", $"/{list}?count={count}&cursor={from.Json[cursor]}");

    private static string[] Ids(Answer page) => [.. page.Json["Resources"]!.AsArray().Select(r => r!["id"]!.GetValue<string>())];
}
