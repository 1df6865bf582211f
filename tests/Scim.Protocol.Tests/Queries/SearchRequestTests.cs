using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Queries;

public sealed class SearchRequestTests
{
    [Fact]
    public void An_address_and_a_body_ask_for_the_same()
    {
        var byAddress = Address(
            "filter=displayName sw \"smith\"&sortBy=name.familyName&sortOrder=Descending&startIndex=3&count=10&attributes=displayName, userName"
        );
        var byBody = SearchRequest.Read(
            JsonNode
                .Parse(
                    $$"""
                    {
                      "schemas": ["{{ScimUrn.SearchRequest}}"], "filter": "displayName sw \"smith\"", "sortBy": "name.familyName", "SORTORDER": "descending",
                      "startIndex": 3, "count": 10, "attributes": ["displayName", "userName"]
                    }
                    """
                )!
                .AsObject()
        );
        Assert.True(byBody.IsOk, byBody.Error?.Detail);
        foreach (var query in new[] { byAddress.Value!, byBody.Value })
        {
            Assert.Equal("displayName sw \"smith\"", query.Filter?.ToString());
            Assert.Equal("name.familyName", query.SortBy?.ToString());
            Assert.Equal((SortOrder.Descending, 3, 10, false), (query.SortOrder, query.StartIndex, query.Count, query.IsByCursor));
            Assert.Equal(["displayName", "userName"], query.Attributes);
            Assert.True(query.Projection(SchemaRegistry.Default.User).Value?.IsExplicit);
        }
        Assert.Equal(byAddress.Value!.Fingerprint("a"), byBody.Value.Fingerprint("a"));
    }

    [Fact]
    public void The_body_of_the_RFC_3_4_3_is_read()
    {
        var query = SearchRequest.Read(Fixture("rfc7644-3.4.3-search")).Value!;
        Assert.Equal((1, 10), (query.StartIndex, query.Count));
        Assert.False(query.IsByCursor);
        query = SearchRequest.Read(Fixture("rfc9865-3-search-by-cursor"), QueryOptions.ByTheLetter).Value!;
        Assert.True(query.IsByCursor);
        Assert.Equal("", query.Cursor);
    }

    [Theory]
    [InlineData("", 1, 100)]
    [InlineData("startIndex=0&count=-5", 1, 0)]
    [InlineData("startIndex=-99999999999999999999&count=99999999999999999999", 1, 1000)]
    [InlineData("cursor=&count=-1", 1, 0)]
    [InlineData("filter=&sortBy=&sortOrder=&startIndex=&count=&attributes=,", 1, 100)]
    public void Numbers_out_of_range_are_cut(string address, int start, int count)
    {
        var query = Address(address);
        Assert.True(query.IsOk, query.Error?.Detail);
        Assert.Equal((start, count), (query.Value.StartIndex, query.Value.Count));
    }

    [Theory]
    [InlineData("filter=userName", "invalidFilter", false)]
    [InlineData("filter=", "invalidFilter", true)]
    [InlineData("filter=userName eq bare", "invalidFilter", true)]
    [InlineData("sortBy=a.b.c", "invalidValue", false)]
    [InlineData("sortBy=userName&sortOrder=up", "invalidValue", false)]
    [InlineData("startIndex=one", "invalidValue", false)]
    [InlineData("count=1.5", "invalidValue", false)]
    [InlineData("cursor=&count=ten", "invalidCount", false)]
    [InlineData("cursor=&startIndex=1", "invalidValue", true)]
    [InlineData("attributes=a&excludedAttributes=b", "invalidValue", false)]
    public void An_address_that_makes_no_sense_is_refused(string address, string scimType, bool strict) =>
        Assert.Equal((400, scimType), (Address(address, strict).Error?.Status, Address(address, strict).Error?.ScimType));

    [Theory]
    [InlineData("""{"filter":"title pr"}""", "invalidSyntax", false)]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}""", "invalidSyntax", false)]
    [InlineData("""{"schemas":[SEARCH],"filter":5}""", "invalidSyntax", false)]
    [InlineData("""{"schemas":[SEARCH],"attributes":[5]}""", "invalidSyntax", false)]
    [InlineData("""{"schemas":[SEARCH],"attributes":{"a":1}}""", "invalidSyntax", false)]
    [InlineData("""{"schemas":[SEARCH],"count":true}""", "invalidSyntax", false)]
    [InlineData("""{"schemas":[SEARCH],"count":"10"}""", "invalidSyntax", true)]
    [InlineData("""{"schemas":[SEARCH],"cursor":"","count":1.5}""", "invalidCount", false)]
    [InlineData("""{"schemas":[SEARCH],"limit":1}""", "invalidSyntax", true)]
    [InlineData("""{"schemas":[SEARCH],"filter":"x"}""", "invalidFilter", false)]
    public void A_body_that_is_no_search_is_refused(string body, string scimType, bool strict)
    {
        var json = JsonNode.Parse(body.Replace("SEARCH", $"\"{ScimUrn.SearchRequest}\"", StringComparison.Ordinal))!.AsObject();
        Assert.Equal(scimType, SearchRequest.Read(json, strict ? QueryOptions.ByTheLetter : null).Error?.ScimType);
    }

    [Fact]
    public void A_tolerant_reading_takes_numbers_and_lists_as_strings()
    {
        var query = SearchRequest.Read(
            new JsonObject
            {
                ["schemas"] = new JsonArray(ScimUrn.SearchRequest),
                ["count"] = "7",
                ["attributes"] = "id,userName",
                ["limit"] = 1,
                ["filter"] = null,
            }
        );
        Assert.Equal(7, query.Value!.Count);
        Assert.Equal(2, query.Value.Attributes.Count);
    }

    internal static ScimResult<Query> Address(string text, bool strict = false)
    {
        var parameters = text.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => part[1]);
        return SearchRequest.Read(name => parameters.GetValueOrDefault(name), strict ? QueryOptions.ByTheLetter : null);
    }

    private static JsonObject Fixture(string name) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Queries", name + ".json")))!.AsObject();
}
