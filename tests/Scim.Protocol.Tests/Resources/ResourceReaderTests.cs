using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Resources;

public sealed class ResourceReaderTests
{
    public static TheoryData<string> Writable()
    {
        var keys = new TheoryData<string>();
        foreach (var type in SchemaRegistry.Default.ResourceTypes)
        {
            foreach (var attribute in type.Core.Attributes.Concat(type.Extensions.SelectMany(extension => extension.Attributes)))
            {
                if (attribute.Mutability != Mutability.ReadOnly && attribute.Returned != Returned.Never)
                {
                    keys.Add($"{type.Name} {attribute}");
                }
            }
        }
        return keys;
    }

    [Theory]
    [MemberData(nameof(Writable))]
    public void Every_attribute_of_the_schemas_is_kept_strictly_and_found_by_a_filter(string key)
    {
        var parts = key.Split(' ');
        var type = SchemaRegistry.Default.FindResourceType(parts[0])!;
        var found = type.Resolve(AttributePath.Parse(parts[1]).Value!, strict: true)!;
        var value = Sample(found.Attribute);
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray(type.Core.Id),
            [type.Name == "User" ? "userName" : "displayName"] = "text",
        };
        if (found.Extension is null)
        {
            body[found.Attribute.Name] = value.DeepClone();
        }
        else
        {
            body["schemas"]!.AsArray().Add(found.Extension.Id);
            body[found.Extension.Id] = new JsonObject { [found.Attribute.Name] = value.DeepClone() };
        }
        var read = ResourceReader.Read(body, type, ReadOptions.ByTheLetter);
        Assert.True(read.IsOk, read.Error?.Detail);
        var kept = found.Extension is null ? read.Value.Resource : read.Value.Resource[found.Extension.Id]!.AsObject();
        Assert.True(JsonNode.DeepEquals(value, kept[found.Attribute.Name]), kept.ToJsonString());
        Assert.True(FilterEvaluator.Matches(Filter.Parse($"{parts[1]} pr").Value!, read.Value.Resource, type));
    }

    [Fact]
    public void An_immutable_value_cannot_be_put_away()
    {
        var type = SchemaRegistry.Load(Files(mutability: "immutable")).User;
        static JsonObject Titled(string? title) => title is null ? [] : new JsonObject { ["title"] = title };
        Assert.Null(ResourceReader.CheckImmutable(Titled("a"), Titled("a"), type));
        Assert.Null(ResourceReader.CheckImmutable(Titled(null), Titled("a"), type));
        Assert.Equal("mutability", ResourceReader.CheckImmutable(Titled("a"), Titled("b"), type)?.ScimType);
        Assert.Equal("mutability", ResourceReader.CheckImmutable(Titled("a"), Titled(null), type)?.ScimType);
        Assert.Equal("mutability", Patch(type, Titled("a"), "replace", "b").Error?.ScimType);
        Assert.Equal("mutability", Patch(type, Titled("a"), "remove", null).Error?.ScimType);
        Assert.False(Patch(type, Titled("a"), "replace", "a").Value!.Changed);
        Assert.True(Patch(type, Titled(null), "add", "a").Value!.Changed);
    }

    [Theory]
    [InlineData("""{"op":"add","path":"badges","value":[{"value":"b"}]}""", "mutability")]
    [InlineData("""{"op":"replace","path":"badges[value eq \"a\"].value","value":"b"}""", "mutability")]
    [InlineData("""{"op":"remove","path":"badges[value eq \"a\"]"}""", "mutability")]
    [InlineData("""{"op":"remove","path":"badges","value":[{"value":"a"}]}""", "mutability")]
    [InlineData("""{"op":"add","path":"badges","value":[{"value":"a"}]}""", null)]
    [InlineData("""{"op":"add","path":"title","value":"first"}""", null)]
    public void An_immutable_list_takes_nothing_more_and_loses_nothing(string operation, string? scimType)
    {
        var type = SchemaRegistry.Load(Files(mutability: "immutable")).User;
        var resource = JsonNode.Parse("""{"userName":"a","badges":[{"value":"a"}]}""")!.AsObject();
        var body = new JsonObject
        {
            ["schemas"] = new JsonArray(ScimUrn.PatchOp),
            ["Operations"] = new JsonArray(JsonNode.Parse(operation)),
        };
        Assert.Equal(scimType, PatchEngine.Apply(resource, PatchRequest.Read(body, type).Value!, type).Error?.ScimType);
    }

    [Fact]
    public void A_list_has_at_most_five_hundred_values()
    {
        JsonObject Body(int count) =>
            new()
            {
                ["schemas"] = new JsonArray(ScimUrn.User),
                ["userName"] = "a",
                ["emails"] = new JsonArray([.. Enumerable.Range(0, count).Select(number => new JsonObject { ["value"] = $"{number}" })]),
            };
        Assert.True(ResourceReader.Read(Body(500), SchemaRegistry.Default.User).IsOk);
        Assert.Equal("invalidValue", ResourceReader.Read(Body(501), SchemaRegistry.Default.User).Error?.ScimType);
    }

    private static ScimResult<PatchResult> Patch(ScimResourceType type, JsonObject resource, string op, string? value)
    {
        var operation = new JsonObject { ["op"] = op, ["path"] = "title" };
        if (value is not null)
        {
            operation["value"] = value;
        }
        var body = new JsonObject { ["schemas"] = new JsonArray(ScimUrn.PatchOp), ["Operations"] = new JsonArray(operation) };
        resource["userName"] = "a";
        return PatchEngine.Apply(resource, PatchRequest.Read(body, type).Value!, type);
    }

    /// <summary>The smallest set of files: a user with a title.</summary>
    private static Dictionary<string, string> Files(string mutability) =>
        new(StringComparer.Ordinal)
        {
            ["common-attributes.json"] = """{"attributes":[]}""",
            ["service-provider-config.json"] = "{}",
            ["user.schema.json"] =
                $$"""{"id":"urn:test:User","name":"User","attributes":[{"name":"userName","type":"string"},{"name":"title","type":"string","mutability":"{{mutability}}"},{"name":"badges","type":"complex","multiValued":true,"mutability":"{{mutability}}","subAttributes":[{"name":"value","type":"string"}]}]}""",
            ["user.resource-type.json"] = """{"name":"User","endpoint":"/Users","schema":"urn:test:User"}""",
        };

    private static JsonNode Sample(ScimAttribute attribute)
    {
        JsonNode one = attribute.Type switch
        {
            AttributeType.Boolean => true,
            AttributeType.Binary => "AQID",
            AttributeType.Complex => new JsonObject(
                attribute
                    .SubAttributes.Where(part => part.Mutability != Mutability.ReadOnly)
                    .Select(part => KeyValuePair.Create(part.Name, (JsonNode?)Sample(part)))
            ),
            _ => "text",
        };
        return attribute.MultiValued ? new JsonArray(one) : one;
    }
}
