using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Bulk;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Bulk;

public sealed class BulkRequestTests
{
    private static readonly IReadOnlyList<ScimResourceType> Types = SchemaRegistry.Default.ResourceTypes;

    [Theory]
    [InlineData("5", "invalidSyntax")]
    [InlineData("""{"path":"/Users","bulkId":"a","data":{}}""", "invalidSyntax")]
    [InlineData("""{"method":"GET","path":"/Users/1"}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","bulkId":"a","data":{}}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","path":5,"bulkId":"a","data":{}}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","path":"","bulkId":"a","data":{}}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","path":"/Users","data":{}}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":7,"data":{}}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"","data":{}}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"a"}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"a","data":[]}""", "invalidSyntax")]
    [InlineData("""{"method":"PUT","path":"/Users/1","version":7,"data":{}}""", "invalidSyntax")]
    [InlineData("""{"method":"POST","path":"/Users","bulkId":"twice","data":{}}""", "invalidValue")]
    public void A_malformed_operation_refuses_the_whole(string operation, string scimType)
    {
        var request = BulkRunTests.Request("""{"method":"POST","path":"/Users","bulkId":"twice","data":{}}""", operation);
        var error = BulkRequest.Read(request, Types).Error;
        Assert.Equal((400, scimType), (error?.Status, error?.ScimType));
    }

    [Theory]
    [InlineData("""{"Operations":[{"method":"DELETE","path":"/Users/1"}]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["BULK"]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["BULK"],"Operations":[]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["BULK"],"failOnErrors":"1","Operations":[{"method":"DELETE","path":"/Users/1"}]}""", "invalidSyntax")]
    [InlineData("""{"schemas":["BULK"],"failOnErrors":-1,"Operations":[{"method":"DELETE","path":"/Users/1"}]}""", "invalidValue")]
    public void What_is_no_bulk_request_is_refused(string body, string scimType) =>
        Assert.Equal(
            scimType,
            BulkRequest
                .Read(JsonNode.Parse(body.Replace("BULK", ScimUrn.BulkRequest, StringComparison.Ordinal))!.AsObject(), Types)
                .Error?.ScimType
        );

    [Fact]
    public void Too_much_is_413_and_says_the_limit()
    {
        var limits = new BulkLimits { MaxOperations = 2, MaxPayloadSize = 100 };
        var three = BulkRunTests.Request([
            .. Enumerable.Range(0, 3).Select(number => $$"""{"method":"DELETE","path":"/Users/{{number}}"}"""),
        ]);
        var error = BulkRequest.Read(three, Types, limits).Error!;
        Assert.Equal(413, error.Status);
        Assert.Contains("maxOperations (2)", error.Detail, StringComparison.Ordinal);
        Assert.Contains("maxPayloadSize (100)", limits.CheckPayload(101)!.Detail, StringComparison.Ordinal);
        Assert.Null(limits.CheckPayload(100));
        Assert.Null(limits.CheckPayload(null));
    }

    [Fact]
    public void Zero_errors_means_not_given() =>
        Assert.Null(
            BulkRequest
                .Read(
                    new JsonObject
                    {
                        ["schemas"] = new JsonArray(ScimUrn.BulkRequest),
                        ["failOnErrors"] = 0,
                        ["operations"] = new JsonArray(JsonNode.Parse("""{"method":"delete","path":"/Users/1"}""")),
                    },
                    Types
                )
                .Value!.FailOnErrors
        );

    [Fact]
    public void A_chain_and_a_clique_of_a_thousand_are_planned_in_a_moment()
    {
        Quick.Runs(
            TimeSpan.FromSeconds(5),
            () =>
            {
                // each manager comes after the person: the whole order is turned around
                var chain = Plan(1000, index => index == 999 ? [] : [index + 1]);
                Assert.Equal(Enumerable.Range(0, 1000).Reverse(), chain.Steps.Select(step => step.Operation.Index));
                var circle = Plan(1000, index => [(index + 1) % 1000]);
                Assert.Equal(1000, circle.Steps.Count(step => !step.IsFollowUp));
                var clique = Plan(120, _ => [.. Enumerable.Range(0, 120)]);
                Assert.Equal(240, clique.Steps.Count);
            }
        );
    }

    [Fact]
    public void Operations_on_one_resource_keep_their_order()
    {
        var plan = BulkPlan.Of(
            BulkRequest
                .Read(
                    BulkRunTests.Request(
                        """{"method":"PATCH","path":"/Groups/1","data":{"Operations":[{"op":"add","path":"members","value":[{"value":"bulkId:u"}]}]}}""",
                        """{"method":"DELETE","path":"/Groups/1"}""",
                        """{"method":"DELETE","path":"/Groups/2"}""",
                        """{"method":"POST","path":"/Users","bulkId":"u","data":{}}"""
                    ),
                    Types
                )
                .Value!
        );
        Assert.Equal([2, 3, 0, 1], plan.Steps.Select(step => step.Operation.Index));
    }

    private static string Member(int index) => $$"""{"value":"bulkId:{{index}}"}""";

    private static BulkPlan Plan(int count, Func<int, IEnumerable<int>> references) =>
        BulkPlan.Of(
            BulkRequest
                .Read(
                    BulkRunTests.Request([
                        .. Enumerable
                            .Range(0, count)
                            .Select(index =>
                                $$$"""{"method":"POST","path":"/Groups","bulkId":"{{{index}}}","data":{"members":[{{{string.Join(',', references(index).Select(Member))}}}]}}"""
                            ),
                    ]),
                    Types
                )
                .Value!
        );
}
