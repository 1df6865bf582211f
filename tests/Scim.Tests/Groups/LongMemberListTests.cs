using System.Net.Http.Headers;
using System.Text;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Groups;

/// <summary>Lists of members longer than what is kept as a tree: the same rules hold beyond its edge.</summary>
public class LongMemberListTests
{
    private const string GroupUrn = "urn:ietf:params:scim:schemas:core:2.0:Group";
    private const string PatchUrn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    [Theory, EachDatabase]
    public async Task Every_way_to_name_members_takes_a_long_list_whole(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        var people = (
            await Copies.LikeAsync(server.Store, server.Workspace.Id, Guid.Parse(await server.UserAsync("ada@example.com")), 350)
        ).ConvertAll(id => id.ToString());
        var list = "[" + string.Join(",", people.Select(p => $$"""{"value":"{{p}}","$ref":"x","display":"y","type":"User"}""")) + "]";
        var some = "[" + string.Join(",", people.Take(240).Select(p => $$"""{"value":"{{p}}"}""")) + "]";
        string Group(string members) => $$"""{"schemas":["{{GroupUrn}}"],"displayName":"G",{{members}} }""";
        string Patch(string operation) => $$"""{"schemas":["{{PatchUrn}}"],"Operations":[{{operation}}]}""";

        var id = "";
        foreach (
            var (step, method, body, expected) in (ValueTuple<string, string, string, int>[])
                [
                    ("members", "POST", Group("\"members\":" + list), 350),
                    ("in another case, fewer", "PUT", Group("\"Members\":" + some), 240),
                    ("by URN", "PUT", Group($"\"{GroupUrn}:members\":" + list), 350),
                    ("within the schema", "PUT", Group($"\"{GroupUrn}\":{{\"members\":{some}}}"), 240),
                    ("somebody twice", "PUT", Group("\"members\":" + list[..^1] + "," + list[1..]), 350),
                    ("remove", "PATCH", Patch("{\"op\":\"remove\",\"path\":\"members\",\"value\":" + some + "}"), 110),
                    ("add, value before path", "PATCH", Patch("{\"value\":" + list + ",\"path\":\"members\",\"op\":\"add\"}"), 350),
                    ("replace", "PATCH", Patch("{\"op\":\"Replace\",\"path\":\"members\",\"value\":" + some + "}"), 240),
                    ("without a path", "PATCH", Patch("{\"op\":\"add\",\"value\":{\"members\":" + list + "}}"), 350),
                    (
                        "without a path, replace",
                        "PATCH",
                        Patch("{\"op\":\"replace\",\"value\":{\"displayName\":\"G\",\"members\":" + some + "}}"),
                        240
                    ),
                    (
                        "two operations",
                        "PATCH",
                        Patch(
                            "{\"op\":\"add\",\"path\":\"members\",\"value\":"
                                + list
                                + "},{\"op\":\"remove\",\"path\":\"members\",\"value\":"
                                + some
                                + "}"
                        ),
                        110
                    ),
                    (
                        "a list that is not ours",
                        "PUT",
                        Group("\"members\":" + some + ",\"other\":{\"members\":" + list + "},\"value\":" + list),
                        240
                    ),
                ]
        )
        {
            var answer = await server.SendAsync(method, id.Length == 0 ? "/Groups" : "/Groups/" + id, body);
            Assert.True(answer.Status is 200 or 201 or 204, $"{step}: {answer.Status} {answer.Text}");
            id = id.Length == 0 ? answer.Json["id"]!.GetValue<string>() : id;
            var members = (await server.SendAsync("GET", "/Groups/" + id)).Json["members"]!
                .AsArray()
                .Select(m => m!["value"]!.GetValue<string>())
                .ToList();
            Assert.True(members.Count == expected && members.Distinct().Count() == expected, $"{step}: {members.Count}");
        }
    }

    [Theory, EachDatabase]
    public async Task What_is_wrong_far_down_a_list_is_refused_and_nothing_is_done(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind);
        foreach (var (slug, strict) in (ValueTuple<string, bool>[])[("tolerant", false), ("strict", true)])
        {
            var (workspace, token) = await server.WorkspaceAsync(slug, c => c with { Scim = c.Scim with { Strict = strict } });
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
            var person = (
                await SendAsync(
                    "POST",
                    "/Users",
                    """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a@example.com"}"""
                )
            ).Json["id"]!.GetValue<string>();
            var people = await Copies.LikeAsync(server.Store, workspace.Id, Guid.Parse(person), 150);
            var good = string.Join(",", people.Select(p => $$"""{"value":"{{p}}"}"""));
            var group = (
                await SendAsync("POST", "/Groups", $$"""{"schemas":["{{GroupUrn}}"],"displayName":"G","members":[{{good}}]}""")
            ).Json["id"]!.GetValue<string>();
            foreach (
                var (odd, isRefused) in (ValueTuple<string, bool>[])
                    [
                        ("{}", true),
                        ("null", true),
                        ("{\"value\":\" \"}", true),
                        ("{\"value\":{}}", true),
                        ("[]", true),
                        ("{\"value\":\"" + new string('x', 600) + "\"}", true),
                        ("{\"value\":\"not-an-id\"}", strict),
                        ("{\"value\":\"" + Guid.CreateVersion7() + "\"}", strict),
                    ]
            )
            {
                foreach (
                    var (method, path, body) in (ValueTuple<string, string, string>[])
                        [
                            (
                                "PUT",
                                "/Groups/" + group,
                                $$"""{"schemas":["{{GroupUrn}}"],"displayName":"Other","members":[{{good}},{{odd}}]}"""
                            ),
                            (
                                "POST",
                                "/Groups",
                                $$"""{"schemas":["{{GroupUrn}}"],"displayName":"New {{Guid.CreateVersion7()}}","members":[{{good}},{{odd}}]}"""
                            ),
                            (
                                "PATCH",
                                "/Groups/" + group,
                                $$"""{"schemas":["{{PatchUrn}}"],"Operations":[{"op":"replace","path":"members","value":[{{good}},{{odd}}]}]}"""
                            ),
                        ]
                )
                {
                    var near = await SendAsync(
                        method,
                        path,
                        body.Replace($"[{good},{odd}]", $"[{odd},{good[..48]}]", StringComparison.Ordinal)
                            .Replace("New ", "Near ", StringComparison.Ordinal)
                    ); // the same list, short
                    var answer = await SendAsync(method, path, body);
                    Assert.True(answer.Status == near.Status, $"{slug} {method} {odd}: {answer.Status}, short {near.Status} {near.Text}");
                    Assert.Equal(isRefused, answer.Status == 400);
                }
            }

            Assert.Equal(150, (await SendAsync("GET", "/Groups/" + group)).Json["members"]!.AsArray().Count);
        }
    }

    /// <summary>
    /// A group larger than 1 MiB goes back as it came, with and without Content-Length; other bodies and other parts of it do not.
    /// </summary>
    [Theory, EachDatabase]
    public async Task The_members_of_a_group_have_a_limit_of_their_own(Database kind)
    {
        await using var server = await DoorServer.StartAsync(kind, options: o => o.MaxGroupBodyBytes = 2 * 1024 * 1024);
        var people = await Copies.LikeAsync(server.Store, server.Workspace.Id, Guid.Parse(await server.UserAsync("ada@example.com")), 6000);
        string Group(int count, string more = "") =>
            $$"""{"schemas":["{{GroupUrn}}"],"displayName":"G"{{more}},"members":[{{string.Join(",", people.Take(count).Select(p => $$"""{"value":"{{p}}"}"""))}}]}""";
        var group = (await server.SendAsync("POST", "/Groups", Group(6000))).Json["id"]!.GetValue<string>();
        var shown = (await server.SendAsync("GET", "/Groups/" + group)).Text;
        Assert.InRange(shown.Length, 1_100_000, 2_000_000);
        foreach (var chunked in (bool[])[false, true])
        {
            var put = await server.SendAsync("PUT", "/Groups/" + group, null, r => r.Content = Content(shown, chunked));
            Assert.Equal((200, 6000, "W/\"1\""), (put.Status, put.Json["members"]!.AsArray().Count, put.Header("ETag")));
            foreach (
                var (method, path, body) in (ValueTuple<string, string, string>[])
                    [
                        ("PUT", "/Groups/" + group, shown[..^1] + new string(' ', 2_200_000 - shown.Length) + "}"),
                        ("PUT", "/Groups/" + group, Group(1, ",\"x\":\"" + new string('x', 1_100_000) + "\"")),
                        ("PUT", "/Groups/" + group, Group(1, ",\"x\":[" + string.Join(",", Enumerable.Repeat("1", 600_000)) + "]")),
                        ("POST", "/Users", shown),
                        ("POST", "/Groups/.search", shown),
                        ("POST", "/Bulk", shown),
                    ]
            )
            {
                var answer = await server.SendAsync(method, path, null, r => r.Content = Content(body, chunked));
                Assert.True(
                    answer.Status == 413,
                    $"{method} {path} {body.Length}: {answer.Status} {answer.Text[..Math.Min(300, answer.Text.Length)]}"
                );
            }
        }

        Assert.Equal("W/\"1\"", (await server.SendAsync("GET", "/Groups/" + group + "?attributes=displayName")).Header("ETag"));
    }

    private static HttpContent Content(string body, bool chunked)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        HttpContent content = chunked ? new Unsized(bytes) : new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/scim+json");
        return content;
    }

    /// <summary>A body that does not say its length.</summary>
    private sealed class Unsized(byte[] bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var at = 0; at < bytes.Length; at += 10_000)
            {
                await stream.WriteAsync(bytes.AsMemory(at, Math.Min(10_000, bytes.Length - at)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
