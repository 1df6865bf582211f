using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Bulk;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Bulk;

/// <summary>
/// Runs the files in Fixtures/Bulk: <c>request</c>, then <c>calls</c> (what the door is handed, in order) and
/// <c>results</c> (method, bulkId, status). <c>fail</c> names paths that the door refuses with 412.
/// </summary>
public sealed class BulkRunTests
{
    private const string Base = "https://id.example.com/scim/v2/acme";
    private static readonly IReadOnlyList<ScimResourceType> Types = SchemaRegistry.Default.ResourceTypes;

    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Bulk"), "*.json")
                .Order(StringComparer.Ordinal)
        )
        {
            names.Add(Path.GetFileNameWithoutExtension(file));
        }
        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_request_in_a_file_makes_the_calls_in_the_file(string name)
    {
        var fixture = JsonNode
            .Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Bulk", name + ".json")))!
            .AsObject();
        var fail = Strings(fixture["fail"]);
        var calls = new List<string>();
        var response = await RunAsync(
            fixture["request"]!.AsObject(),
            operation =>
            {
                calls.Add($"{operation.Verb} {operation.Path} {operation.Data?.ToJsonString(Plain)}".TrimEnd());
                return fail.Contains(operation.Path) ? Refused(operation) : Good(operation);
            }
        );
        Assert.Equal(Strings(fixture["calls"]), calls);
        var results = response["Operations"]!.AsArray();
        Assert.Equal(
            Strings(fixture["results"]),
            results.Select(result => $"{result!["method"]} {result["bulkId"]} {result["status"]!.GetValue<string>()}")
        );
        foreach (var result in results.OfType<JsonObject>())
        {
            var failed = result["status"]!.GetValue<string>()[0] != '2';
            Assert.Equal(failed, result["response"]?["schemas"]?[0]?.ToString() == ScimError.Schema);
            if (failed && result["method"]!.ToString() == "POST")
            {
                Assert.False(result.ContainsKey("location"));
            }
            else
            {
                Assert.StartsWith(Base + "/", result["location"]!.GetValue<string>(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_failed_change_has_its_address_and_its_error()
    {
        var response = await RunAsync(Request("""{"method":"PUT","path":"/Users/1","data":{}}"""), Refused);
        Assert.Equal(
            $$$"""{"location":"{{{Base}}}/Users/1","method":"PUT","status":"412","response":{"schemas":["{{{ScimError.Schema}}}"],"status":"412","detail":"changed"}}""",
            response["Operations"]![0]!.ToJsonString(Plain)
        );
    }

    [Theory]
    [InlineData("/Nothing/1", "/Nothing/1")]
    [InlineData("/Users", "/Users")]
    [InlineData("/Users/1/2", "/Users/1/2")]
    [InlineData("/Bulk", "/Bulk")]
    [InlineData("/", "")]
    [InlineData("Nothing/a%20b", "/Nothing/a%20b")]
    [InlineData("/Users/1?x=y z", "/Users/1%3Fx%3Dy%20z")]
    [InlineData("https://elsewhere.example/Users/1", "/https%3A/elsewhere.example/Users/1")]
    [InlineData("//elsewhere.example/../x", "/elsewhere.example/x")]
    [InlineData("/Users/%2e%2e", "/Users")]
    public async Task What_leads_nowhere_has_an_address_too_below_our_own(string path, string shown)
    {
        foreach (var method in (string[])["PUT", "PATCH", "DELETE"])
        {
            var response = await RunAsync(Request($$"""{"method":"{{method}}","path":"{{path}}","data":{} }"""), Good);
            var result = response["Operations"]![0]!.AsObject();
            Assert.NotNull(result["response"]);
            Assert.Equal(Base + shown, result["location"]?.GetValue<string>());
        }
    }

    [Fact]
    public async Task The_entity_tag_goes_in_and_out()
    {
        string? seen = null;
        var response = await RunAsync(
            Request("""{"method":"PUT","path":"/Users/1","version":"W/\"6\"","data":{}}"""),
            operation =>
            {
                seen = operation.Version;
                return Good(operation);
            }
        );
        Assert.Equal("W/\"6\"", seen);
        Assert.Equal("W/\"7\"", response["Operations"]![0]!["version"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_circle_that_cannot_be_closed_is_a_conflict_with_the_address_of_what_was_made()
    {
        var circle = Request(
            """{"method":"POST","path":"/Groups","bulkId":"a","data":{"members":[{"value":"bulkId:b"}]}}""",
            """{"method":"POST","path":"/Groups","bulkId":"b","data":{"members":[{"value":"bulkId:a"}]}}"""
        );
        var refusedPatch = await RunAsync(circle, operation => operation.IsFollowUp ? Refused(operation) : Good(operation));
        Assert.Equal(["409", "201"], refusedPatch["Operations"]!.AsArray().Select(result => result!["status"]!.GetValue<string>()));
        Assert.Equal(Base + "/Groups/id-a", refusedPatch["Operations"]![0]!["location"]!.GetValue<string>());
        Assert.Contains("changed", refusedPatch["Operations"]![0]!["response"]!["detail"]!.GetValue<string>(), StringComparison.Ordinal);

        var otherFailed = await RunAsync(circle, operation => operation.BulkId == "b" ? Refused(operation) : Good(operation));
        Assert.Equal(["409", "412"], otherFailed["Operations"]!.AsArray().Select(result => result!["status"]!.GetValue<string>()));

        circle["failOnErrors"] = 1;
        var stopped = await RunAsync(circle, operation => operation.BulkId == "b" ? Refused(operation) : Good(operation));
        Assert.Equal(["409", "412"], stopped["Operations"]!.AsArray().Select(result => result!["status"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_outcome_that_ends_the_run_keeps_the_results_so_far_and_nothing_more_is_run()
    {
        BulkOutcome Away(BulkOperation operation) => BulkOutcome.Refused(ScimError.Unavailable("away")) with { EndsRun = true };
        var request = Request(
            """{"method":"POST","path":"/Groups","bulkId":"a","data":{"members":[{"value":"bulkId:b"}]}}""",
            """{"method":"POST","path":"/Groups","bulkId":"b","data":{"members":[{"value":"bulkId:a"}]}}""",
            """{"method":"DELETE","path":"/Users/1"}"""
        );
        var calls = 0;
        var response = await RunAsync(request, operation => ++calls < 2 ? Good(operation) : Away(operation));
        Assert.Equal(2, calls);
        Assert.Equal(["409", "503"], response["Operations"]!.AsArray().Select(result => result!["status"]!.GetValue<string>()));
        Assert.Equal(Base + "/Groups/id-a", response["Operations"]![0]!["location"]!.GetValue<string>());

        calls = 0;
        response = await RunAsync(request, operation => ++calls > 0 && operation.IsFollowUp ? Away(operation) : Good(operation));
        Assert.Equal(3, calls);
        Assert.Equal(["409", "201"], response["Operations"]!.AsArray().Select(result => result!["status"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_same_request_can_be_run_again()
    {
        var request = Request("""{"method":"POST","path":"/Groups","bulkId":"a","data":{"members":[{"value":"bulkId:a"}]}}""");
        var before = request.ToJsonString();
        var plan = BulkPlan.Of(BulkRequest.Read(request, Types).Value!);
        var first = await BulkRun.RunAsync(plan, Base, operation => Task.FromResult(Good(operation)), CancellationToken.None);
        var second = await BulkRun.RunAsync(plan, Base, operation => Task.FromResult(Good(operation)), CancellationToken.None);
        Assert.Equal(first.ToJson().ToJsonString(), second.ToJson().ToJsonString());
        Assert.Equal(before, request.ToJsonString());
    }

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static async Task<JsonObject> RunAsync(JsonObject request, Func<BulkOperation, BulkOutcome> door)
    {
        var read = BulkRequest.Read(request, Types);
        Assert.True(read.IsOk, read.Error?.Detail);
        return (
            await BulkRun.RunAsync(BulkPlan.Of(read.Value), Base, operation => Task.FromResult(door(operation)), CancellationToken.None)
        ).ToJson();
    }

    private static BulkOutcome Good(BulkOperation operation)
    {
        var id = operation.ResourceId ?? "id-" + operation.BulkId;
        return new BulkOutcome(
            operation.Method switch
            {
                BulkMethod.Post => 201,
                BulkMethod.Delete => 204,
                _ => 200,
            }
        )
        {
            ResourceId = id,
            Location = $"{Base}{operation.Type!.Endpoint}/{id}",
            Version = operation.Method == BulkMethod.Delete ? null : "W/\"7\"",
        };
    }

    private static BulkOutcome Refused(BulkOperation operation) => BulkOutcome.Refused(ScimError.PreconditionFailed("changed"));

    internal static JsonObject Request(params string[] operations) =>
        new()
        {
            ["schemas"] = new JsonArray(ScimUrn.BulkRequest),
            ["Operations"] = new JsonArray([.. operations.Select(text => JsonNode.Parse(text))]),
        };

    private static IReadOnlyList<string> Strings(JsonNode? node) => [.. (node as JsonArray ?? []).Select(item => item!.GetValue<string>())];
}
