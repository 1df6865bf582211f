using System.Text;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests;

/// <summary>
/// Runs every file in Fixtures. A fixture has: <c>type</c> (default User), <c>strict</c> (default false), and either
/// <c>body</c> (POST or PUT) or <c>resource</c> and <c>patch</c> (its Operations); then <c>expected</c> (without
/// <c>schemas</c> unless given) or <c>error</c> (scimType and optionally status), and optionally <c>changed</c>,
/// <c>ignored</c>, and for groups <c>members</c>: the folded member delta.
/// </summary>
public sealed class FixtureTests
{
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal))
        {
            names.Add(Path.GetFileNameWithoutExtension(file));
        }
        return names;
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Fixtures");

    [Theory]
    [MemberData(nameof(Names))]
    public void A_request_in_a_file_has_the_result_in_the_file(string name)
    {
        var fixture = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")))!.AsObject();
        var type = SchemaRegistry.Default.FindResourceType(fixture["type"]?.GetValue<string>() ?? "User")!;
        var strict = fixture["strict"]?.GetValue<bool>() ?? false;
        var (resource, error) = fixture["body"] is JsonObject body ? Read(body, type, strict, fixture) : Patch(fixture, type, strict);
        if (fixture["error"] is JsonObject wanted)
        {
            Assert.True(error is not null, $"accepted: {resource?.ToJsonString()}");
            Assert.Equal(wanted["scimType"]?.GetValue<string>(), error.ScimType);
            Assert.Equal(wanted["status"]?.GetValue<int>() ?? 400, error.Status);
            return;
        }
        Assert.True(error is null, error?.ToString());
        if (fixture["expected"] is JsonObject expected)
        {
            if (!expected.ContainsKey("schemas"))
            {
                resource!.Remove("schemas");
            }
            Assert.True(JsonNode.DeepEquals(expected, resource), $"got {resource!.ToJsonString()}");
        }
    }

    private static JsonObject Bytes(JsonNode node)
    {
        var read = ScimJson.ReadObject(Encoding.UTF8.GetBytes(node.ToJsonString()));
        Assert.True(read.IsOk, read.Error?.ToString());
        return read.Value;
    }

    private static (JsonObject? Resource, ScimError? Error) Read(JsonObject body, ScimResourceType type, bool strict, JsonObject fixture)
    {
        var read = ResourceReader.Read(Bytes(body), type, strict ? ReadOptions.ByTheLetter : ReadOptions.Default);
        if (!read.IsOk)
        {
            return (null, read.Error);
        }
        CheckIgnored(fixture, read.Value.Ignored);
        var resource = read.Value.Resource;
        if (fixture["members"] is JsonArray members)
        {
            Assert.Equal(Strings(members), MemberReference.Take(resource).Value!.Select(member => member.Value));
        }
        return (resource, null);
    }

    private static (JsonObject? Resource, ScimError? Error) Patch(JsonObject fixture, ScimResourceType type, bool strict)
    {
        var options = strict ? PatchOptions.ByTheLetter : PatchOptions.Default;
        var body = fixture["patch"] is JsonArray operations
            ? new JsonObject { ["schemas"] = new JsonArray(ScimUrn.PatchOp), ["Operations"] = operations.DeepClone() }
            : fixture["patch"]!.AsObject();
        if (!PatchRequest.Read(Bytes(body), type, options).TryGet(out var request, out var error))
        {
            return (null, error);
        }
        if (type.Name == "Group")
        {
            if (!GroupPatch.Read(request, type, options).TryGet(out var group, out error))
            {
                return (null, error);
            }
            request = group.Attributes;
            var delta = MemberDelta.Fold(group.Members);
            if (fixture["members"] is JsonObject members)
            {
                Assert.Equal(members["clear"]?.GetValue<bool>() ?? false, delta.Clear);
                Assert.Equal(Strings(members["add"]), delta.Add.Select(member => member.Value));
                Assert.Equal(Strings(members["remove"]), delta.Remove);
            }
            else
            {
                Assert.True(delta.IsEmpty);
            }
        }
        var before = Bytes(fixture["resource"]!);
        var text = before.ToJsonString();
        var result = PatchEngine.Apply(before, request, type, options);
        Assert.Equal(text, before.ToJsonString());
        if (!result.IsOk)
        {
            return (null, result.Error);
        }
        if (fixture["changed"] is JsonValue changed)
        {
            Assert.Equal(changed.GetValue<bool>(), result.Value.Changed);
        }
        CheckIgnored(fixture, result.Value.Ignored);
        return (result.Value.Resource, null);
    }

    private static void CheckIgnored(JsonObject fixture, IReadOnlyList<PassedOver> ignored)
    {
        if (fixture["ignored"] is JsonArray wanted)
        {
            // with the reason where the file names it
            Assert.Equal(
                Strings(wanted),
                ignored.Zip(
                    Strings(wanted).Concat(Enumerable.Repeat("", ignored.Count)),
                    (found, word) => word.EndsWith(')') ? found.ToString() : found.Path
                )
            );
        }
    }

    private static IEnumerable<string> Strings(JsonNode? node) => (node as JsonArray ?? []).Select(item => item!.GetValue<string>());
}
