using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Audit;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

/// <summary>
/// What a tolerant reading passes over stands in the workspace's own log: in the act's line, or once a day in one of its own.
/// </summary>
public sealed class PassedOverTests
{
    private const string Unserved = "urn:okta:custom:1.0:description";

    [Theory, EachDatabase]
    public async Task The_line_of_an_act_tells_what_was_passed_over_with_it(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var user = await server.UserAsync("ada@example.org", ""","hatSize":"secret-9","password":"secret-8" """);
        var group = await server.GroupAsync("Guides", user);
        await server.PatchAsync(
            "/Users/" + user,
            $$"""{"op":"add","path":"{{Unserved}}","value":"secret-7"},{"op":"add","path":"title","value":"Guide"}"""
        );
        await server.PatchAsync(
            "/Groups/" + group,
            $$"""{"op":"add","path":"{{Unserved}}","value":"secret-6"},{"op":"replace","path":"displayName","value":"Renamed"}"""
        );
        await server.PatchAsync(
            "/Groups/" + group,
            """{"op":"remove","path":"members"},{"op":"add","path":"shoeSize","value":"secret-5"}"""
        );
        var lines = await LinesAsync(server);
        Assert.Contains(
            "\"passedOver\":[\"hatSize (unknown)\",\"password (notKept)\"]",
            lines.Single(l => l.Act == "member.provisioned").After
        );
        Assert.Contains($"\"passedOver\":[\"{Unserved} (unserved)\"]", lines.Single(l => l.Act == "member.revised").After);
        Assert.Contains($"\"passedOver\":[\"{Unserved} (unserved)\"]", lines.Single(l => l.Act == "group.changed").After);
        Assert.Contains("\"passedOver\":[\"shoeSize (unknown)\"]", lines.Last(l => l.Act == "group.membersChanged").After);
        Assert.DoesNotContain(
            lines,
            l =>
                l.Act.EndsWith("passedOver", StringComparison.Ordinal)
                || $"{l.Before}{l.After}".Contains("secret", StringComparison.Ordinal)
        );
    }

    [Theory, EachDatabase]
    public async Task Where_nothing_else_changes_a_path_is_told_once_a_day_whoever_it_is_about(Database kind)
    {
        var clock = new HandClock();
        await using var server = await DoorServer.StartAsync(kind, time: clock);
        var (ada, bob) = (await server.UserAsync("ada@example.org"), await server.UserAsync("bob@example.org"));
        var group = await server.GroupAsync("Guides");
        async Task Round()
        {
            foreach (var path in (string[])[$"/Users/{ada}", $"/Users/{bob}", $"/Groups/{group}", $"/Users/{ada}"])
            {
                var answer = await server.PatchAsync(path, $$"""{"op":"add","path":"{{Unserved}}","value":"x"}""");
                Assert.Equal((200, "W/\"1\""), (answer.Status, answer.Json["meta"]!["version"]!.GetValue<string>()));
            }
        }

        await Round();
        await Round();
        Assert.Equal($$"""{"passedOver":["{{Unserved}} (unserved)"]}""", Assert.Single(await NotesAsync(server)).After);
        await server.PatchAsync(
            $"/Groups/{group}",
            $$"""{"op":"add","path":"{{Unserved}}","value":"x"},{"op":"add","path":"members","value":[{"value":"{{Guid.CreateVersion7()}}"}]}"""
        );
        Assert.Single(await NotesAsync(server), l => l.After == """{"passedOver":["members (notHere)"]}""");
        Assert.Equal(2, (await NotesAsync(server)).Count);
        clock.Advance(TimeSpan.FromDays(1));
        await Round();
        Assert.Equal(3, (await NotesAsync(server)).Count);

        // another server of the same database knows from the log what was told
        await using var second = await DoorServer.StartAsync(server.Database!.Store(clock));
        await second.SendAsync(
            "PATCH",
            $"/Users/{ada}",
            $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"{{Unserved}}","value":"x"}]}""",
            request => request.Headers.Authorization = new("Bearer", server.Token)
        );
        Assert.Equal(3, (await NotesAsync(server)).Count);
    }

    [Theory, EachDatabase]
    public async Task The_log_does_not_grow_with_the_paths_that_a_client_makes_up(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var ada = await server.UserAsync("ada@example.org");
        for (var i = 0; i < 6; i++)
        {
            var operations = string.Join(
                ",",
                Enumerable.Range(0, 30).Select(n => $$"""{"op":"add","path":"made{{i}}up{{n}}","value":"x"}""")
            );
            Assert.Equal(200, (await server.PatchAsync("/Users/" + ada, operations)).Status);
        }

        var told = (await NotesAsync(server)).Sum(l => l.After!.Split("(unknown)").Length - 1);
        Assert.InRange(told, 20, 50);
    }

    [Theory, EachDatabase]
    public async Task What_is_readOnly_is_told_of_POST_and_PUT_unless_the_client_sends_back_what_it_was_shown(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var user = await server.UserAsync(
            "ada@example.org",
            ""","id":"their-own","meta":{"resourceType":"User"},"groups":[{"value":"1"}] """
        );
        Assert.Contains(
            "\"passedOver\":[\"id (readOnly)\",\"groups (readOnly)\"]",
            (await LinesAsync(server)).Single(l => l.Act == "member.provisioned").After
        );
        var group = await server.GroupAsync("Guides", user);
        foreach (var path in (string[])[$"/Users/{user}", $"/Groups/{group}"])
        {
            Assert.Equal(200, (await server.SendAsync("PUT", path, (await server.SendAsync("GET", path)).Text)).Status);
        }

        Assert.Empty(await NotesAsync(server));
        foreach (var path in (string[])[$"/Users/{user}", $"/Groups/{group}"])
        {
            Assert.Equal(
                200,
                (
                    await server.SendAsync(
                        "PUT",
                        path,
                        (await server.SendAsync("GET", path)).Text.Replace(
                            $"\"id\":\"{path[^36..]}\"",
                            "\"id\":\"another\"",
                            StringComparison.Ordinal
                        )
                    )
                ).Status
            );
        }

        Assert.Equal("""{"passedOver":["id (readOnly)"]}""", Assert.Single(await NotesAsync(server)).After);
    }

    [Theory, EachDatabase]
    public async Task A_PUT_whose_only_photo_is_too_large_leaves_the_one_that_is_kept_and_says_so(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var user = await server.UserAsync("ada@example.org", ""","photos":[{"value":"https://x.example/ada","type":"photo"}] """);
        var large = $$""","photos":[{"value":"data:image/png;base64,{{new string('A', 20_000)}}","type":"photo"}] """;
        var answer = await server.SendAsync(
            "PUT",
            $"/Users/{user}",
            $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.org","title":"Guide"{{large}}}"""
        );
        Assert.Equal(
            (200, "https://x.example/ada", "Guide"),
            (answer.Status, answer.Json["photos"]?[0]?["value"]?.GetValue<string>(), answer.Json["title"]?.GetValue<string>())
        );
        Assert.Contains("\"passedOver\":[\"photos (tooLarge)\"]", (await LinesAsync(server)).Single(l => l.Act == "member.revised").After);

        // Without any photo there is none.
        answer = await server.SendAsync(
            "PUT",
            $"/Users/{user}",
            """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.org"}"""
        );
        Assert.Null(answer.Json["photos"]);
    }

    private static async Task<List<AuditEntry>> LinesAsync(DoorServer server)
    {
        await using var db = server.Store.Read();
        return await db
            .AuditEntries.AsNoTracking()
            .Where(a => a.WorkspaceId == server.Workspace.Id)
            .OrderBy(a => a.At)
            .ThenBy(a => a.Id)
            .ToListAsync();
    }

    private static async Task<List<AuditEntry>> NotesAsync(DoorServer server) =>
        [.. (await LinesAsync(server)).Where(l => l.Act.EndsWith(".passedOver", StringComparison.Ordinal))];
}
