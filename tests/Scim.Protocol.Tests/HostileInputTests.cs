using System.Text;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests;

public sealed class HostileInputTests
{
    private static readonly ScimResourceType User = SchemaRegistry.Default.User;

    public static TheoryData<string> Filters() =>
        [
            new string('(', 5000) + "a pr" + new string(')', 5000),
            new string('(', 8000),
            string.Concat(Enumerable.Repeat("not (", 1600)) + "a pr",
            string.Concat(Enumerable.Repeat("not (not (", 5000)),
            string.Join(" or ", Enumerable.Repeat("a pr", 10_000)),
            string.Join(" or ", Enumerable.Repeat("a pr", 1_000)),
            string.Concat(Enumerable.Repeat("emails[", 1000)),
            "a eq \"" + new string('x', 12 * 1024) + "\"",
            "a eq \"" + new string('\\', 8000),
            new string('a', 8000) + " pr",
            new string('.', 8000),
            new string(':', 8000) + "a pr",
            new string('[', 8000),
            new string('"', 8001),
            "urn:" + new string('a', 7000) + ":b pr",
        ];

    [Theory]
    [MemberData(nameof(Filters))]
    public void A_hostile_filter_is_refused_fast(string text) =>
        Quick.Runs(
            TimeSpan.FromSeconds(1),
            () =>
            {
                Assert.Equal("invalidFilter", Filter.Parse(text).Error?.ScimType);
                Assert.Contains("Path", PatchPath.Parse("emails[" + text + "].value").Error?.ScimType + "Path", StringComparison.Ordinal);
            }
        );

    [Fact]
    public void A_PATCH_bomb_is_refused_fast()
    {
        var operations = new JsonArray([
            .. Enumerable
                .Range(0, 10_000)
                .Select(_ => new JsonObject
                {
                    ["op"] = "add",
                    ["path"] = "title",
                    ["value"] = "x",
                }),
        ]);
        var body = new JsonObject { ["schemas"] = new JsonArray(ScimUrn.PatchOp), ["Operations"] = operations };
        Quick.Runs(TimeSpan.FromSeconds(5), () => Assert.Equal(413, PatchRequest.Read(body, User).Error?.Status));
    }

    [Fact]
    public void The_same_member_ten_thousand_times_is_one_member()
    {
        var members = new JsonArray([.. Enumerable.Range(0, 10_000).Select(_ => new JsonObject { ["value"] = "u1" })]);
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray(ScimUrn.PatchOp),
            ["Operations"] = new JsonArray(
                new JsonObject
                {
                    ["op"] = "add",
                    ["path"] = "members",
                    ["value"] = members,
                }
            ),
        };
        var group = SchemaRegistry.Default.Group;
        var patch = GroupPatch.Read(PatchRequest.Read(body, group).Value!, group).Value!;
        Assert.Equal("u1", Assert.Single(MemberDelta.Fold(patch.Members).Add).Value);
    }

    [Fact]
    public void A_group_of_fifty_thousand_is_read_in_a_moment()
    {
        var members = new JsonArray([.. Enumerable.Range(0, 50_000).Select(number => new JsonObject { ["value"] = $"u{number}" })]);
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray(ScimUrn.Group),
            ["displayName"] = "all",
            ["members"] = members,
        };
        Quick.Runs(
            TimeSpan.FromSeconds(10),
            () =>
            {
                var read = ResourceReader.Read((JsonObject)body.DeepClone(), SchemaRegistry.Default.Group).Value!;
                Assert.Equal(50_000, MemberReference.Take(read.Resource).Value!.Count);
            }
        );
    }

    [Theory]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"\\ud800\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"a\\u0000\"}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"a\",\"x\":{\"b\":1,\"b\":2}}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\"],\"userName\":\"a\",\"\\ud800\":2}")]
    public void A_tree_from_another_parser_is_refused_and_does_not_throw(string text)
    {
        Assert.Equal(400, ResourceReader.Read(JsonNode.Parse(text)!.AsObject(), User).Error?.Status);
        var patch = $$"""{"schemas":["{{ScimUrn.PatchOp}}"],"Operations":[{"op":"add","value":{{text}}}]}""";
        var request = PatchRequest.Read(JsonNode.Parse(patch)!.AsObject(), User);
        Assert.False(request.IsOk && PatchEngine.Apply(new JsonObject { ["userName"] = "a" }, request.Value, User).IsOk);
    }

    [Fact]
    public void A_string_of_a_million_characters_is_refused()
    {
        var body = ScimJson
            .ReadObject(
                Encoding.UTF8.GetBytes($$"""{"schemas":["{{ScimUrn.User}}"],"userName":"a","title":"{{new string('x', 1_000_000)}}"}""")
            )
            .Value!;
        Assert.Equal("invalidValue", ResourceReader.Read(body, User).Error?.ScimType);
    }
}
