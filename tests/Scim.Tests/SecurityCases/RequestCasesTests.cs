using System.Diagnostics;
using System.Net.Http.Headers;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.SecurityCases;

/// <summary>Requests made to break or to slow the door.</summary>
public class RequestCasesTests
{
    private static readonly string[] Elsewhere = ["/Bulk", "/../globex/Users", "https://evil.example/Users", "/Users/x/../y"];

    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";

    [Theory, EachDatabase]
    public async Task S11_what_asks_for_everything_is_capped(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxScannedResources = 2);
        for (var i = 0; i < 3; i++)
        {
            await server.UserAsync($"u{i}@example.com");
        }

        foreach (
            var (query, status, scimType) in (ValueTuple<string, int, string?>[])
                [
                    ("filter=" + string.Join(" or ", Enumerable.Repeat("id pr", 60)), 400, "invalidFilter"),
                    ("filter=title co \"\"", 400, "tooMany"),
                    ("filter=userName co \"\"", 400, "tooMany"),
                    ("sortBy=title&filter=userName pr", 400, "tooMany"),
                    ("count=2147483647", 200, null),
                    ("count=99999999999999999999", 200, null),
                    ("count=0", 200, null),
                    ("count=-5", 200, null),
                    ("startIndex=2147483647&count=10", 200, null),
                    ("startIndex=-1", 200, null),
                    ("startIndex=0", 200, null),
                    ("startIndex=1&startIndex=2", 400, "invalidValue"),
                    ("count=1e3", 400, "invalidValue"),
                    ("sortBy=userName&startIndex=2147483647", 200, null),
                    ("filter=userName sw \"u\"&startIndex=2147483647&count=1000", 200, null),
                ]
        )
        {
            var answer = await server.SendAsync("GET", "/Users?" + query);
            Assert.True((status, scimType) == (answer.Status, answer.Json["scimType"]?.GetValue<string>()), query + ": " + answer.Text);
            Assert.True(status != 200 || answer.Json["totalResults"]!.GetValue<int>() == 3, query + ": " + answer.Text);
        }

        Assert.Equal(
            400,
            (
                await server.SendAsync(
                    "POST",
                    "/Users/.search",
                    $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"{{string.Join(" or ", Enumerable.Repeat("id pr", 10_000))}}"}"""
                )
            ).Status
        );
    }

    [Theory, EachDatabase]
    public async Task S12_signs_of_SQL_and_LIKE_are_letters_like_any_other(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        string[] names = ["a%b", "axb", "a_b", "a\\b", "a'b", "a\"b", "a[b", "%"];
        foreach (var name in names)
        {
            await server.UserAsync(
                name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal),
                $",\"displayName\":{System.Text.Json.JsonSerializer.Serialize(name)},\"externalId\":{System.Text.Json.JsonSerializer.Serialize(name)}"
            );
        }

        foreach (var attribute in (string[])["userName", "displayName", "externalId", "title"])
        {
            foreach (var name in names)
            {
                foreach (
                    var (comparison, expected) in (ValueTuple<string, Func<string, bool>>[])
                        [
                            ("eq", n => n == name),
                            ("co", n => n.Contains(name, StringComparison.Ordinal)),
                            ("sw", n => n.StartsWith(name, StringComparison.Ordinal)),
                            ("ew", n => n.EndsWith(name, StringComparison.Ordinal)),
                        ]
                )
                {
                    var answer = await server.SendAsync(
                        "GET",
                        "/Users?attributes=id&filter="
                            + Uri.EscapeDataString($"{attribute} {comparison} {System.Text.Json.JsonSerializer.Serialize(name)}")
                    );
                    Assert.True(
                        answer.Status == 200
                            && answer.Json["totalResults"]!.GetValue<int>() == (attribute == "title" ? 0 : names.Count(expected)),
                        $"{attribute} {comparison} {name}: {answer.Text}"
                    );
                }
            }
        }
    }

    [Theory, EachDatabase]
    public async Task S13_one_member_ten_thousand_times_is_one_member_and_all_or_nothing_holds(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var user = await server.UserAsync("u@example.com");
        var group = await server.GroupAsync("G");
        var many = string.Join(",", Enumerable.Repeat($$"""{"value":"{{user}}"}""", 10_000));
        Assert.Equal(204, (await server.PatchAsync("/Groups/" + group, $$"""{"op":"add","path":"members","value":[{{many}}]}""")).Status);
        Assert.Single((await server.SendAsync("GET", "/Groups/" + group)).Json["members"]!.AsArray());
        foreach (var path in (string[])["emails[value eq \\\"a\\\"[b]]", "emails[type eq 'x].value", "emails[emails[type eq \\\"x\\\"]]"])
        {
            Assert.Equal(
                400,
                (
                    await server.PatchAsync(
                        "/Users/" + user,
                        $$"""{"op":"replace","path":"title","value":"T"},{"op":"replace","path":"{{path}}","value":"x"}"""
                    )
                ).Status
            );
        }

        var read = (await server.SendAsync("GET", "/Users/" + user)).Json;
        Assert.Null(read["title"]);
        Assert.Equal("W/\"1\"", read["meta"]!["version"]!.GetValue<string>());
    }

    [Theory, EachDatabase]
    public async Task S14_a_change_of_members_that_names_none_leaves_the_group_as_it_is(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var group = await server.GroupAsync("G", await server.UserAsync("u@example.com"));
        foreach (
            var value in (string[])
                ["null", "\"\"", "{}", "[null]", "[1]", "[{}]", "[[]]", "\"x\"", "[{\"value\":\"\"}]", "[{\"value\":\"nobody\"}]"]
        )
        {
            var answer = await server.PatchAsync("/Groups/" + group, $$"""{"op":"replace","path":"members","value":{{value}}}""");
            Assert.True(answer.Status == 400, $"{value}: {answer.Status} {answer.Text}");
        }

        Assert.Single((await server.SendAsync("GET", "/Groups/" + group)).Json["members"]!.AsArray());
    }

    [Theory, EachDatabase]
    public async Task S15_a_bulk_request_goes_nowhere_that_a_request_could_not(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        static string Body(string operations, string more = "") =>
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{operations}}]{{more}}}""";
        static string User(string name, string bulkId) =>
            $$$"""{"method":"POST","path":"/Users","bulkId":"{{{bulkId}}}","data":{"schemas":["{{{Core}}}"],"userName":"{{{name}}}"}}""";
        async Task<string[]> Statuses(string body) =>
            [
                .. (await server.SendAsync("POST", "/Bulk", body)).Json["Operations"]!
                    .AsArray()
                    .Select(o => o!["status"]!.GetValue<string>()),
            ];

        var elsewhere = Elsewhere.Select((p, i) => $$$"""{"method":"POST","path":"{{{p}}}","bulkId":"b{{{i}}}","data":{}}""");
        Assert.Equal(["400", "404", "404", "400"], await Statuses(Body(string.Join(",", elsewhere))));
        const string Group =
            """{"method":"POST","path":"/Groups","bulkId":"g","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"G","members":[{"value":"bulkId:bad"}]}}""";
        Assert.Equal(["409", "400"], await Statuses(Body(Group + "," + User("", "bad"))));
        Assert.Equal(
            ["201", "409"],
            await Statuses(Body(User("b", "b1") + "," + User("B", "b2") + "," + User("c", "c"), ",\"failOnErrors\":1"))
        );
        Assert.Equal(0, (await server.SendAsync("GET", "/Users?filter=userName eq \"c\"")).Json["totalResults"]!.GetValue<int>());
        Assert.Equal(400, (await server.SendAsync("POST", "/Bulk", Body(User("d", "same") + "," + User("e", "same")))).Status);
        Assert.Equal(
            413,
            (await server.SendAsync("POST", "/Bulk", Body(string.Join(",", Enumerable.Repeat(User("f", "f"), 1001))))).Status
        );
    }

    [Theory, EachDatabase]
    public async Task S16_JSON_that_is_not_sound_is_refused_in_words(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        string Made(string more) => $$"""{"schemas":["{{Core}}"],"userName":"x@example.com",{{more}}}""";
        foreach (
            var body in (string[])
                [
                    string.Concat(Enumerable.Repeat("{\"a\":", 1000)),
                    Made("\"a\":" + new string('[', 1000) + new string(']', 1000)),
                    Made("\"userName\":\"y\""),
                    Made("\"UserName\":\"y\""),
                    Made("\"title\":1e400"),
                    Made("\"title\":\"\\ud800\""),
                    Made("\"title\":\"a\\u0000b\""),
                    "",
                    "[]",
                    "null",
                    "\"x\"",
                    "{",
                    "{}x",
                    Made("\"title\":\"x\",}"),
                    "\u0000",
                ]
        )
        {
            var answer = await server.SendAsync("POST", "/Users", body);
            Assert.True(answer.Status == 400, body[..Math.Min(body.Length, 60)] + ": " + answer.Text);
            Assert.Equal("application/scim+json", answer.ContentType);
        }

        Assert.True((await server.SendAsync("POST", "/Users", "{}", r => r.Content = Bytes([0xff, 0xfe, 0x7b, 0x00]))).Status == 400);
        Assert.True(
            (await server.SendAsync("POST", "/Users", "{}", r => r.Content = Bytes([.. "{\"schemas\":[\"\xc0\xaf\"]}"u8]))).Status == 400
        );
        var watch = Stopwatch.StartNew();
        Assert.Equal(413, (await server.SendAsync("POST", "/Users", Made("\"title\":\"" + new string('x', 2_000_000) + "\""))).Status);
        Assert.True(watch.Elapsed < Until.Longest, $"{watch.Elapsed}");
        Assert.Equal(0, (await server.SendAsync("GET", "/Users")).Json["totalResults"]!.GetValue<int>());
    }

    [Theory, EachDatabase]
    public async Task S25_one_noisy_token_is_slowed_and_the_others_are_not(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, options: o => o.RequestsPerSecond = 5, time: clock);
        var (_, other) = await server.WorkspaceAsync("globex");
        List<Answer> answers = [];
        for (var i = 0; i < 14; i++)
        {
            answers.Add(await server.SendAsync("GET", "/ServiceProviderConfig"));
        }

        // the first request makes the token known; two seconds' worth may come at once
        Assert.Equal([.. Enumerable.Repeat(200, 11), 429, 429, 429], answers.Select(a => a.Status));
        var refused = answers[^1];
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.Equal("429", refused.Json["status"]!.GetValue<string>());
        Assert.Equal("application/scim+json", refused.ContentType);
        Assert.Equal(
            200,
            (
                await server.SendAsync(
                    "GET",
                    "/Users",
                    null,
                    r =>
                    {
                        r.RequestUri = new Uri("/scim/v2/globex/Users", UriKind.Relative);
                        r.Headers.Authorization = new AuthenticationHeaderValue("Bearer", other);
                    }
                )
            ).Status
        );
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([200, 200, 200, 200, 200, 429], await EachAsync(6));

        async Task<List<int>> EachAsync(int count)
        {
            List<int> statuses = [];
            for (var i = 0; i < count; i++)
            {
                statuses.Add((await server.SendAsync("GET", "/ServiceProviderConfig")).Status);
            }

            return statuses;
        }
    }

    private static ByteArrayContent Bytes(byte[] bytes)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/scim+json");
        return content;
    }
}
