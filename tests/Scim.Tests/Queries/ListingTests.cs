using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Queries;

public class ListingTests
{
    [Theory, EachDatabase]
    public async Task What_no_index_serves_is_looked_at_up_to_a_limit_and_then_is_too_many(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxScannedResources = 3);
        for (var i = 0; i < 3; i++)
        {
            await server.UserAsync($"u{i}@example.com", $",\"title\":\"T{i}\",\"externalId\":\"e{i % 2}\"");
        }

        Assert.Equal(1, Total(await server.SendAsync("GET", "/Users?filter=title eq \"t1\"")));
        await server.UserAsync("u3@example.com", ",\"title\":\"T3\",\"name\":{\"familyName\":\"van Dyke\"}");
        foreach (
            var query in (string[])
                [
                    "filter=title eq \"t1\"",
                    "filter=title eq \"t1\" or userName eq \"u1@example.com\"",
                    "filter=not (title eq \"t1\")",
                    "sortBy=title",
                    "filter=title pr&cursor",
                ]
        )
        {
            var answer = await server.SendAsync("GET", "/Users?" + query);
            Assert.True((answer.Status, answer.Json["scimType"]?.GetValue<string>()) is (400, "tooMany"), query + answer.Text);
        }

        // an index narrows it down, or the database answers alone
        foreach (
            var (query, total) in (ValueTuple<string, int>[])
                [
                    ("filter=title eq \"t1\" and externalId eq \"e1\"", 1),
                    ("filter=name.familyName eq \"Van Dyke\"", 1),
                    ("filter=not (userName eq \"u1@example.com\")", 3),
                    ("filter=userName co \"example\"", 4),
                    ("filter=meta.created gt \"2011-05-13T04:42:34Z\"", 4),
                    ("sortBy=userName", 4),
                    ("filter=active eq true&sortBy=meta.lastModified", 4),
                ]
        )
        {
            var answer = await server.SendAsync("GET", "/Users?" + query);
            Assert.True(answer.Status == 200, query + answer.Text);
            Assert.Equal(total, Total(answer));
        }
    }

    [Theory, EachDatabase]
    public async Task A_query_that_takes_too_long_is_too_many(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxQueryTime = TimeSpan.FromTicks(1));
        await server.UserAsync("u@example.com");
        var answer = await server.SendAsync("GET", "/Users?filter=title eq \"x\"");
        Assert.Equal((400, "tooMany"), (answer.Status, answer.ScimType));
        Assert.Equal(1, Total(await server.SendAsync("GET", "/Users?filter=userName eq \"u@example.com\"")));
    }

    [Theory, EachDatabase]
    public async Task The_members_of_groups_count_among_what_is_looked_at(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxScannedResources = 2);
        List<string> ids = [];
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await server.UserAsync($"u{i}@example.com"));
        }

        await server.GroupAsync("A", [.. ids]);
        var answer = await server.SendAsync("GET", "/Groups?filter=members.display sw \"u\"");
        Assert.Equal((400, "tooMany"), (answer.Status, answer.ScimType));
        Assert.Equal(1, Total(await server.SendAsync("GET", $"/Groups?filter=members eq \"{ids[2]}\"")));
        Assert.Equal(1, Total(await server.SendAsync("GET", "/Groups?filter=members pr")));
    }

    [Theory, EachDatabase]
    public async Task A_sorted_list_is_paged_by_cursor_forth_and_back(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        foreach (var name in (string[])["c", "a", "e", "b", "d"])
        {
            await server.UserAsync(name + "@example.com", $",\"nickName\":\"{name.ToUpperInvariant()}\"");
        }

        foreach (var by in (string[])["userName", "nickName"])
        {
            List<string> met = [];
            string? previous = null;
            string? cursor = "";
            while (cursor is not null)
            {
                var page = await server.SendAsync("GET", $"/Users?sortBy={by}&count=2&cursor={cursor}");
                met.AddRange(page.Json["Resources"]!.AsArray().Select(r => r!["userName"]!.GetValue<string>()[..1]));
                cursor = page.Json["nextCursor"]?.GetValue<string>();
                previous = page.Json["previousCursor"]?.GetValue<string>();
            }

            Assert.Equal(["a", "b", "c", "d", "e"], met);
            var back = await server.SendAsync("GET", $"/Users?sortBy={by}&count=2&cursor={previous}");
            Assert.Equal(["c", "d"], back.Json["Resources"]!.AsArray().Select(r => r!["userName"]!.GetValue<string>()[..1]));
            Assert.Equal("invalidCursor", (await server.SendAsync("GET", $"/Users?count=2&cursor={previous}")).ScimType);
        }
    }

    [Theory, EachDatabase]
    public async Task Case_and_every_sign_count_in_a_part_of_an_exact_attribute(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxScannedResources = 0); // the database alone answers
        string[] values = ["X", "aXb", "a%b", "a_b", "a\\b", "a[b"];
        foreach (var (value, n) in values.Select((value, n) => (value, n)))
        {
            await server.UserAsync($"u{n}@example.com", $",\"externalId\":{System.Text.Json.JsonSerializer.Serialize(value)}");
        }

        (string Condition, int Total)[] cases =
        [
            ("ew \"X\"", 1),
            ("ew \"x\"", 0),
            ("co \"X\"", 2),
            ("co \"x\"", 0),
            ("sw \"X\"", 1),
            ("sw \"x\"", 0),
            ("sw \"A\"", 0),
            ("ew \"B\"", 0),
            ("ew \"%b\"", 1),
            ("ew \"_b\"", 1),
            ("ew \"\\\\b\"", 1),
            ("ew \"[b\"", 1),
            ("ew \"%\"", 0),
            ("co \"%\"", 1),
            ("co \"_\"", 1),
            ("co \"\\\\\"", 1),
            ("co \"[\"", 1),
            ("sw \"a%\"", 1),
            ("sw \"a_\"", 1),
            ("sw \"a\\\\\"", 1),
            ("sw \"%\"", 0),
            ("sw \"a\"", 5),
            ("ew \"b\"", 5),
        ];
        foreach (var (condition, total) in cases)
        {
            var answer = await server.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString("externalId " + condition));
            Assert.True(answer.Status == 200 && Total(answer) == total, $"{condition}: {total} expected, {answer.Text}");
        }
    }

    private static int Total(Answer answer) => answer.Json["totalResults"]!.GetValue<int>();
}
