using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests;

/// <summary>
/// What is written reads back the same, and what was done twice was done once, over random input. USERMANAGEMENT_RANDOM_CASES makes the run
/// longer.
/// </summary>
public sealed class RoundTripTests
{
    private static readonly int Cases = int.TryParse(Environment.GetEnvironmentVariable("USERMANAGEMENT_RANDOM_CASES"), out var cases)
        ? cases
        : 300;
    private static readonly Config Run = Config.QuickThrowOnFailure.WithMaxTest(Cases);
    private static readonly string[] Names = ["userName", "name", "emails", "x-y", "a_b", "$ref"];
    private static readonly string[] Subs = ["value", "type", "familyName"];
    private static readonly ScimResourceType User = SchemaRegistry.Default.User;

    private static Gen<string> Text =>
        ArbMap.Default.GeneratorFor<string>().Select(text => text is null || FilterTokensAllow(text) == false ? "a\"\\ ]é" : text);

    private static Gen<AttributePath> Path =>
        from urn in Gen.Elements(null, "urn:a:b:2.0:User", ScimUrn.EnterpriseUser)
        from name in Gen.Elements(Names)
        from sub in Gen.Elements([null, .. Subs])
        select new AttributePath(urn, name, sub);

    private static Gen<FilterValue> Value =>
        Gen.OneOf(
            Text.Select(text => new FilterValue(FilterValueKind.Text, text)),
            Gen.Elements("0", "-1.5", "2e10").Select(number => new FilterValue(FilterValueKind.Number, number)),
            Gen.Elements("true", "false").Select(truth => new FilterValue(FilterValueKind.Boolean, truth)),
            Gen.Constant(new FilterValue(FilterValueKind.Null, "null"))
        );

    private static Gen<Filter> Leaf(Gen<AttributePath> path) =>
        Gen.OneOf(
            path.Select(p => (Filter)new Present(p)),
            from p in path
            from comparison in Gen.Elements(Enum.GetValues<CompareOperator>())
            from value in Value
            select (Filter)new Compare(p, comparison, value)
        );

    [Fact]
    public void A_filter_reads_back_as_it_is_printed() =>
        Prop.ForAll(
                Trees(3).ToArbitrary(),
                filter =>
                {
                    var text = filter.ToString()!;
                    return Filter.Parse(text, new FilterOptions { MaxLength = 1_000_000, MaxTerms = 10_000 }).Value?.ToString() == text;
                }
            )
            .Check(Run);

    [Fact]
    public void A_path_reads_back_as_it_is_printed() =>
        Prop.ForAll(Path.ToArbitrary(), path => AttributePath.Parse(path.ToString()).Value == path).Check(Run);

    [Fact]
    public void A_PATCH_path_reads_back_as_it_is_printed() =>
        Prop.ForAll(
                (
                    from list in Gen.Elements("emails", "addresses", "urn:ietf:params:scim:schemas:core:2.0:User:emails")
                    from filter in Leaf(Gen.Elements(Subs).Select(sub => new AttributePath(null, sub, null)))
                    from sub in Gen.Elements("", ".value")
                    select $"{list}[{filter}]{sub}"
                ).ToArbitrary(),
                text => text.Length > 2000 || PatchPath.Parse(text).Value?.ToString() == text
            )
            .Check(Run);

    [Fact]
    public void JSON_reads_back_as_it_was_written() =>
        Prop.ForAll(
                Tree(3).ToArbitrary(),
                json =>
                {
                    var text = new JsonObject { ["a"] = json?.DeepClone() }.ToJsonString();
                    return ScimJson.ReadObject(Encoding.UTF8.GetBytes(text)).Value?.ToJsonString() == text;
                }
            )
            .Check(Run);

    [Fact]
    public void Any_bytes_are_JSON_or_a_refusal() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    var read = ScimJson.ReadObject(bytes ?? []);
                    return read.IsOk || read.Error.Status == 400;
                }
            )
            .Check(Run);

    [Fact]
    public void A_replace_done_twice_changes_nothing_the_second_time() =>
        Prop.ForAll(
                (
                    from path in Gen.Elements(
                        "title",
                        "displayName",
                        "name.familyName",
                        "emails[type eq \"work\"].value",
                        "emails",
                        "active",
                        ScimUrn.EnterpriseUser + ":department"
                    )
                    from text in Gen.Elements("a", "B", "é", "x@example.com")
                    select (path, text)
                ).ToArbitrary(),
                change =>
                {
                    JsonNode value = change.path switch
                    {
                        "active" => JsonValue.Create(change.text == "a"),
                        "emails" => new JsonArray(new JsonObject { ["value"] = change.text, ["type"] = "work" }),
                        _ => JsonValue.Create(change.text)!,
                    };
                    var body = new JsonObject
                    {
                        ["schemas"] = new JsonArray(ScimUrn.PatchOp),
                        ["Operations"] = new JsonArray(
                            new JsonObject
                            {
                                ["op"] = "replace",
                                ["path"] = change.path,
                                ["value"] = value,
                            }
                        ),
                    };
                    var request = PatchRequest.Read(body, User).Value!;
                    var once = PatchEngine.Apply(new JsonObject { ["id"] = "1", ["userName"] = "ada" }, request, User).Value!;
                    var twice = PatchEngine.Apply(once.Resource, request, User).Value!;
                    return once.Changed && !twice.Changed && JsonNode.DeepEquals(once.Resource, twice.Resource);
                }
            )
            .Check(Run);

    [Fact]
    public void What_was_read_as_a_resource_reads_again_the_same() =>
        Prop.ForAll(
                Gen.ArrayOf(Gen.Elements("title", "displayName", "nickName", "locale"), 3)
                    .SelectMany(names => Gen.ArrayOf(Gen.Elements("a", "é", ""), 3).Select(values => (names, values)))
                    .ToArbitrary(),
                made =>
                {
                    var body = new JsonObject { ["schemas"] = new JsonArray(ScimUrn.User), ["userName"] = "ada" };
                    foreach (var (name, value) in made.names.Zip(made.values))
                    {
                        body[name] = value;
                    }

                    var first = ResourceReader.Read(body, User).Value!.Resource;
                    return JsonNode.DeepEquals(first, ResourceReader.Read((JsonObject)first.DeepClone(), User).Value!.Resource);
                }
            )
            .Check(Run);

    private static Gen<Filter> Trees(int size) =>
        size == 0
            ? Leaf(Path)
            : Gen.OneOf(
                Leaf(Path),
                Trees(size - 1).Select(term => (Filter)new Not(term)),
                Two(size).Select(terms => (Filter)new Or([.. terms.SelectMany(t => t is Or or ? or.Terms : [t])])),
                Two(size).Select(terms => (Filter)new And([.. terms.SelectMany(t => t is And and ? and.Terms : [t])])),
                Leaf(Gen.Elements(Subs).Select(sub => new AttributePath(null, sub, null)))
                    .SelectMany(inner => Path.Select(path => (Filter)new ValuePath(path, inner)))
            );

    private static Gen<Filter[]> Two(int size) => Gen.ArrayOf(Trees(size - 1), 2);

    private static Gen<JsonNode?> Tree(int size)
    {
        var leaf = Gen.OneOf(
            Text.Select(text => (JsonNode?)JsonValue.Create(text)),
            Gen.Elements(0, -1, int.MaxValue).Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Elements(true, false).Select(truth => (JsonNode?)JsonValue.Create(truth)),
            Gen.Constant((JsonNode?)null)
        );
        return size == 0
            ? leaf
            : Gen.OneOf(
                leaf,
                Gen.ArrayOf(Tree(size - 1), 2).Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
                Gen.ArrayOf(Tree(size - 1), 2)
                    .Select(items => (JsonNode?)new JsonObject { ["x"] = items[0]?.DeepClone(), ["y é"] = items[1]?.DeepClone() })
            );
    }

    private static bool FilterTokensAllow(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (
                text[i] == '\0'
                || (char.IsSurrogate(text[i]) && !(char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[++i])))
            )
            {
                return false;
            }
        }

        return true;
    }
}
