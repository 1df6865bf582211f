using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Schemas;

/// <summary>What a client may do with <c>membership.schema.json</c>: see it and filter on it, nothing else.</summary>
public sealed class MembershipExtensionTests
{
    private static readonly ScimResourceType User = SchemaRegistry.Full.User;

    [Fact]
    public void It_is_in_schemas_only_when_it_has_values()
    {
        var kept = new JsonObject { ["userName"] = "b" };
        Assert.DoesNotContain(ScimUrn.MembershipUser, ScimResource.Schemas(kept, User).ToJsonString(), StringComparison.Ordinal);
        kept[ScimUrn.MembershipUser] = new JsonObject { ["role"] = "admin", ["seat"] = true };
        Assert.Contains(ScimUrn.MembershipUser, ScimResource.Schemas(kept, User).ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            ScimUrn.MembershipUser,
            ScimResource.Schemas(kept, SchemaRegistry.Default.User).ToJsonString(),
            StringComparison.Ordinal
        );
        Assert.Equal("""{"userName":"b"}""", Projection.Default(SchemaRegistry.Default.User).Apply(kept).ToJsonString());
        var asked = Projection.Read(ScimUrn.MembershipUser + ":seat", null, User).Value!.Apply(kept);
        Assert.Equal($$$"""{"{{{ScimUrn.MembershipUser}}}":{"seat":true}}""", asked.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_body_that_echoes_it_is_taken_without_it(bool strict)
    {
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray(ScimUrn.User, ScimUrn.MembershipUser),
            ["userName"] = "b",
            [ScimUrn.MembershipUser] = new JsonObject
            {
                ["role"] = "owner",
                ["seat"] = true,
                ["origin"] = new JsonArray(new JsonObject { ["kind"] = "admin" }),
            },
        };
        var read = ResourceReader.Read(body, User, new ReadOptions { Strict = strict }).Value!;
        Assert.Equal($$"""{"schemas":["{{ScimUrn.User}}"],"userName":"b"}""", read.Resource.ToJsonString());
    }

    [Theory]
    [InlineData("replace", ScimUrn.MembershipUser + ":role", "\"owner\"")]
    [InlineData("add", ScimUrn.MembershipUser + ":seat", "true")]
    [InlineData("remove", ScimUrn.MembershipUser, null)]
    [InlineData("replace", ScimUrn.MembershipUser, """{"role":"owner"}""")]
    [InlineData("remove", ScimUrn.MembershipUser + ":origin[kind eq \"admin\"]", null)]
    public void A_PATCH_that_names_it_is_refused(string op, string path, string? value) =>
        Assert.Equal("mutability", PatchRequest.Read(Patch(op, path, value), User).Error?.ScimType);

    [Fact]
    public void A_PATCH_without_a_path_cannot_touch_it()
    {
        var before = new JsonObject
        {
            ["userName"] = "b",
            [ScimUrn.MembershipUser] = new JsonObject { ["role"] = "viewer" },
        };
        foreach (var value in new[] { "null", """{"role":"owner"}""", "{}" })
        {
            var request = PatchRequest.Read(Patch("replace", null, $$"""{"{{ScimUrn.MembershipUser}}":{{value}}}"""), User).Value!;
            Assert.False(PatchEngine.Apply(before, request, User).Value!.Changed);
        }
    }

    [Fact]
    public void A_plain_name_never_means_it()
    {
        // Entra administrators map attributes named 'role' or 'state' of their own: left out, not refused
        var request = PatchRequest.Read(Patch("replace", "role", "\"x\""), User);
        Assert.Equal("role (unknown)", Assert.Single(request.Value!.Ignored).ToString());
        Assert.Equal("invalidFilter", FilterCheck.Run(Filter.Parse("state eq \"active\"").Value!, User)?.ScimType);
        Assert.Null(
            FilterCheck.Run(
                Filter
                    .Parse(
                        ScimUrn.MembershipUser
                            + ":state eq \"active\" and "
                            + ScimUrn.MembershipUser
                            + ":origin[kind eq \"group\" and value pr]"
                    )
                    .Value!,
                User,
                strict: true
            )
        );
    }

    private static JsonObject Patch(string op, string? path, string? value)
    {
        var operation = new JsonObject { ["op"] = op };
        if (path is not null)
        {
            operation["path"] = path;
        }
        if (value is not null)
        {
            operation["value"] = JsonNode.Parse(value);
        }
        return new JsonObject { ["schemas"] = new JsonArray(ScimUrn.PatchOp), ["Operations"] = new JsonArray(operation) };
    }
}
