using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Groups;

public class GroupEndpointsTests
{
    [Theory, EachDatabase]
    public async Task Patches_of_one_group_at_once_lose_no_member(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var people = new List<string>();
        for (var i = 0; i < 40; i++)
        {
            people.Add(await server.UserAsync($"u{i}@example.com"));
        }

        var group = await server.GroupAsync("G", [.. people.Take(20)]);
        var answers = await Rivals.RaceAsync(
            40,
            n =>
                n < 20 && n % 2 == 0
                    ? server.PatchAsync("/Groups/" + group, $$"""{"op":"remove","path":"members[value eq \"{{people[n]}}\"]"}""")
                    : server.PatchAsync("/Groups/" + group, $$"""{"op":"Add","path":"members","value":[{"value":"{{people[n]}}"}]}""")
        );
        Assert.All(answers, a => Assert.Equal(204, a.Required.Status));
        var expected = people.Where((_, n) => n >= 20 || n % 2 == 1).Order(StringComparer.Ordinal);
        var members = (await server.SendAsync("GET", "/Groups/" + group)).Json["members"]!
            .AsArray()
            .Select(m => m!["value"]!.GetValue<string>());
        Assert.Equal(expected, members.Order(StringComparer.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task Of_identical_creates_at_once_one_makes_the_group(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var answers = await Rivals.RaceAsync(
            20,
            _ => server.SendAsync("POST", "/Groups", """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Same"}""")
        );
        Assert.Equal(1, answers.Count(a => a.Required.Status == 201));
        Assert.Equal(19, answers.Count(a => a.Required.Status == 409 && a.Required.ScimType == "uniqueness"));
    }

    [Theory, EachDatabase]
    public async Task A_group_has_entity_tags_that_count_changes_of_its_members_too(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var person = await server.UserAsync("a@example.com");
        var group = await server.GroupAsync("G");
        Assert.Equal(
            304,
            (
                await server.SendAsync("GET", "/Groups/" + group, null, r => r.Headers.TryAddWithoutValidation("If-None-Match", "W/\"1\""))
            ).Status
        );
        var add = $$"""{"op":"add","path":"members","value":[{"value":"{{person}}"}]}""";
        Assert.Equal(
            412,
            (await server.PatchAsync("/Groups/" + group, add, r => r.Headers.TryAddWithoutValidation("If-Match", "W/\"2\""))).Status
        );
        Assert.Equal(
            204,
            (await server.PatchAsync("/Groups/" + group, add, r => r.Headers.TryAddWithoutValidation("If-Match", "W/\"1\""))).Status
        );
        var read = await server.SendAsync(
            "GET",
            "/Groups/" + group,
            null,
            r => r.Headers.TryAddWithoutValidation("If-None-Match", "W/\"1\"")
        );
        Assert.Equal((200, "W/\"2\""), (read.Status, read.Header("ETag")));
        Assert.Equal(204, (await server.PatchAsync("/Groups/" + group, add)).Status);
        Assert.Equal("W/\"2\"", (await server.SendAsync("GET", "/Groups/" + group)).Header("ETag"));
        Assert.Equal(
            412,
            (
                await server.SendAsync("DELETE", "/Groups/" + group, null, r => r.Headers.TryAddWithoutValidation("If-Match", "W/\"1\""))
            ).Status
        );
        Assert.Equal(
            204,
            (await server.SendAsync("DELETE", "/Groups/" + group, null, r => r.Headers.TryAddWithoutValidation("If-Match", "*"))).Status
        );
    }

    [Theory, EachDatabase]
    public async Task A_list_in_which_one_name_is_no_name_is_refused_and_the_group_is_left_as_it_is(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        foreach (var (slug, strict) in (ValueTuple<string, bool>[])[("tolerant", false), ("strict", true)])
        {
            var (_, token) = await server.WorkspaceAsync(slug, c => c with { Scim = c.Scim with { Strict = strict } });
            Task<Answer> SendAsync(string method, string path, string? body = null) =>
                server.SendAsync(
                    method,
                    path,
                    body,
                    r =>
                    {
                        r.RequestUri = new Uri($"{ScimOptions.Prefix}/{slug}{path}", UriKind.Relative);
                        r.Headers.Authorization = new("Bearer", token);
                    }
                );
            string Group(string members) =>
                $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"G","members":{{members}}}""";

            var person = (
                await SendAsync(
                    "POST",
                    "/Users",
                    """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a@example.com"}"""
                )
            ).Json["id"]!.GetValue<string>();
            var good = $$"""{"value":"{{person}}"}""";
            var group = (await SendAsync("POST", "/Groups", Group($"[{good}]"))).Json["id"]!.GetValue<string>();
            foreach (
                var odd in (string[])
                    [
                        """{"value":" "}""",
                        $$"""{"value":"{{new string('x', 513)}}"}""",
                        "null",
                        """{"value":""}""",
                        """{"value":null}""",
                        "{}",
                        "\"\"",
                        "\" \"",
                        "[]",
                    ]
            )
            {
                foreach (var list in (string[])[$"[{odd}]", $"[{good},{odd}]"])
                {
                    foreach (var (method, path) in (ValueTuple<string, string>[])[("PUT", "/Groups/" + group), ("POST", "/Groups")])
                    {
                        var answer = await SendAsync(method, path, Group(list));
                        Assert.True(
                            (answer.Status, answer.ScimType) is (400, "invalidValue"),
                            $"{slug} {method} {list}: {answer.Status} {answer.Text}"
                        );
                        Assert.Contains("members", answer.Json["detail"]!.GetValue<string>(), StringComparison.Ordinal);
                    }
                }
            }

            Assert.Equal(400, (await SendAsync("PUT", "/Groups/" + group, Group("\"\""))).Status);
            Assert.Single((await SendAsync("GET", "/Groups/" + group)).Json["members"]!.AsArray());
            Assert.Equal(1, (await SendAsync("GET", "/Groups")).Json["totalResults"]!.GetValue<int>());
            foreach (var none in (string[])["[]", "null"])
            {
                Assert.Equal(200, (await SendAsync("PUT", "/Groups/" + group, Group($"[{good}]"))).Status);
                Assert.Empty((await SendAsync("PUT", "/Groups/" + group, Group(none))).Json["members"]!.AsArray()); // RFC 7643 section 2.5
            }
        }
    }
}
