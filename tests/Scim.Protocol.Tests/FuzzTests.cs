using System.Text;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests;

/// <summary>Bounded random runs with fixed seeds: whatever comes, a value or a refusal comes back.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Words =
    [
        "userName",
        "emails",
        "name",
        ".",
        "value",
        "type",
        "[",
        "]",
        "(",
        ")",
        "eq",
        "ne",
        "co",
        "gt",
        "pr",
        "and",
        "or",
        "not",
        " ",
        " ",
        " ",
        "\"work\"",
        "\"a",
        "true",
        "null",
        "1",
        "-1e9",
        "\\u00e9",
        "\"\\ud800\"",
        ScimUrn.User,
        ScimUrn.EnterpriseUser,
        ":",
        "manager",
        "members",
        "meta.created",
        "2020-01-01T00:00:00Z",
        "\ud83d",
        "é",
        "$ref",
        "active",
    ];

    private static readonly string[] Keys =
    [
        "userName",
        "USERNAME",
        "emails",
        "emails[type eq \"work\"].value",
        "emails.value",
        "name",
        "name.givenName",
        "active",
        "manager",
        ScimUrn.EnterpriseUser,
        ScimUrn.User,
        ScimUrn.EnterpriseUser + ":manager",
        "value",
        "type",
        "primary",
        "members",
        "members[value eq \"1\"]",
        "displayName",
        "schemas",
        "id",
        "meta",
        "password",
        "x509Certificates",
        "addresses",
        "nothing",
        "",
        "[",
        "a.b.c",
        "groups",
    ];

    [Fact]
    public void Random_filters_never_throw_and_print_what_they_mean()
    {
        var random = new Chance(1);
        var good = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Below(14)).Select(_ => Words[random.Below(Words.Length)] + (random.Below(2) == 0 ? " " : ""))
            );
            _ = PatchPath.Parse(text);
            _ = AttributePath.Parse(text);
            _ = Projection.Read(text, null, SchemaRegistry.Default.User);
            if (!Filter.Parse(text).TryGet(out var filter, out _))
            {
                continue;
            }
            good++;
            Assert.Equal(filter.ToString(), Filter.Parse(filter.ToString()).Value?.ToString());
            _ = FilterCheck.Run(filter, SchemaRegistry.Default.User);
            _ = FilterEvaluator.Matches(filter, RandomObject(random, 3), SchemaRegistry.Default.User);
        }
        Assert.True(good > 50, $"only {good} were filters");
    }

    [Fact]
    public void Random_trees_of_filters_survive_printing()
    {
        var random = new Chance(2);
        for (var round = 0; round < 3000; round++)
        {
            var filter = RandomFilter(random, 4);
            var read = Filter.Parse(filter.ToString(), new FilterOptions { Strict = true });
            Assert.True(read.IsOk, $"{filter}: {read.Error?.Detail}");
            Assert.Equal(filter.ToString(), read.Value.ToString());
        }
    }

    [Fact]
    public void Random_bodies_and_patches_never_throw_and_never_change_their_input()
    {
        var random = new Chance(3);
        var (read, patched) = (0, 0);
        for (var round = 0; round < 5000; round++)
        {
            var type = random.Below(4) == 0 ? SchemaRegistry.Default.Group : SchemaRegistry.Default.User;
            var strict = random.Below(4) == 0;
            var body = RandomObject(random, 4);
            body["schemas"] = new JsonArray(type.Core.Id);
            body["userName"] ??= "a";
            body["displayName"] ??= "b";
            var resource = ResourceReader.Read(body, type, strict ? ReadOptions.ByTheLetter : ReadOptions.Default);
            read += resource.IsOk ? 1 : 0;
            var patch = new JsonObject
            {
                ["schemas"] = new JsonArray(ScimUrn.PatchOp),
                ["Operations"] = new JsonArray([.. Enumerable.Range(0, 1 + random.Below(3)).Select(_ => RandomOperation(random))]),
            };
            var options = strict ? PatchOptions.ByTheLetter : PatchOptions.Default;
            if (!PatchRequest.Read(patch, type, options).TryGet(out var request, out _))
            {
                continue;
            }
            var group = GroupPatch.Read(request, type, options);
            var kept = resource.Value?.Resource ?? new JsonObject { [type.Name == "User" ? "userName" : "displayName"] = "a" };
            var before = kept.ToJsonString();
            var result = PatchEngine.Apply(kept, group.Value?.Attributes ?? request, type, options);
            Assert.Equal(before, kept.ToJsonString());
            if (result.Value is { } made)
            {
                patched++;
                // a result is canonical: reading it again gives the same
                var again = ResourceReader.Read(
                    (JsonObject)made.Resource.DeepClone(),
                    type,
                    strict ? ReadOptions.ByTheLetter : ReadOptions.Default
                );
                Assert.True(again.IsOk, $"{made.Resource.ToJsonString()}: {again.Error}");
                Assert.True(
                    JsonNode.DeepEquals(made.Resource, again.Value.Resource),
                    $"{made.Resource.ToJsonString()} and {again.Value.Resource.ToJsonString()}"
                );
            }
        }
        Assert.True(read > 200 && patched > 200, $"{read} read, {patched} patched");
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Chance(4);
        var start = Encoding.UTF8.GetBytes(
            $$"""{"schemas":["{{ScimUrn.User}}"],"userName":"a\u00e9","emails":[{"value":"x","primary":true}],"n":1.5}"""
        );
        for (var round = 0; round < 10_000; round++)
        {
            var bytes = (byte[])start.Clone();
            for (var change = random.Below(4); change >= 0; change--)
            {
                bytes[random.Below(bytes.Length)] = (byte)random.Below(256);
            }
            if (ScimJson.ReadObject(bytes).TryGet(out var json, out _))
            {
                _ = ResourceReader.Read(json, SchemaRegistry.Default.User);
            }
        }
    }

    private static JsonObject RandomOperation(Chance random)
    {
        string[] ops = ["add", "Replace", "REMOVE", "remove", "replace", "x"];
        var operation = new JsonObject { ["op"] = ops[random.Below(ops.Length)] };
        if (random.Below(3) > 0)
        {
            operation["path"] = Keys[random.Below(Keys.Length)];
        }
        if (random.Below(5) > 0)
        {
            operation["value"] = random.Below(2) == 0 ? RandomObject(random, 2) : RandomNode(random, 3);
        }
        return operation;
    }

    private static JsonObject RandomObject(Chance random, int depth)
    {
        var json = new JsonObject();
        for (var count = random.Below(4); count >= 0; count--)
        {
            json[Keys[random.Below(Keys.Length)]] = RandomNode(random, depth - 1);
        }
        return json;
    }

    private static JsonNode? RandomNode(Chance random, int depth) =>
        random.Below(depth <= 0 ? 6 : 9) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Below(2) == 0),
            2 => JsonValue.Create(random.Below(100)),
            3 => JsonValue.Create("True"),
            4 => JsonValue.Create(Words[random.Below(Words.Length)]),
            5 => JsonValue.Create(""),
            6 => new JsonArray([.. Enumerable.Range(0, random.Below(3)).Select(_ => RandomNode(random, depth - 1))]),
            _ => RandomObject(random, depth),
        };

    private static Filter RandomFilter(Chance random, int depth)
    {
        var path = new AttributePath(random.Below(5) == 0 ? ScimUrn.User : null, "userName", random.Below(3) == 0 ? "value" : null);
        FilterValue[] values =
        [
            new(FilterValueKind.Text, "a\"\\\n\u00e9\ud83d\ude00 )]"),
            new(FilterValueKind.Number, "-1.5"),
            new(FilterValueKind.Boolean, "true"),
            new(FilterValueKind.Null, "null"),
            new(FilterValueKind.Text, ""),
        ];
        return random.Below(depth <= 0 ? 2 : 6) switch
        {
            0 => new Present(path),
            1 => new Compare(path, (CompareOperator)random.Below(9), values[random.Below(values.Length)]),
            2 => new And([RandomFilter(random, depth - 1), RandomFilter(random, depth - 1)]),
            3 => new Or([RandomFilter(random, depth - 1), RandomFilter(random, depth - 1), RandomFilter(random, depth - 1)]),
            4 => new Not(RandomFilter(random, depth - 1)),
            _ => new ValuePath(
                new AttributePath(null, "emails", null),
                new Or([new Present(new AttributePath(null, "type", null)), new Not(new Present(new AttributePath(null, "value", null)))])
            ),
        };
    }

    /// <summary>A small generator of our own: the same numbers on every run and every runtime.</summary>
    private sealed class Chance(ulong seed)
    {
        private ulong _state = (seed * 0x9E3779B97F4A7C15) + 1;

        public int Below(int bound)
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (int)(_state % (ulong)bound);
        }
    }
}
