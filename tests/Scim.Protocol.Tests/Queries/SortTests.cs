using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Queries;

public sealed class SortTests
{
    [Theory]
    [InlineData("USERNAME", "userName", "Text", false)]
    [InlineData("externalId", "externalId", "TextExact", false)]
    [InlineData("name.familyname", "name.familyName", "Text", false)]
    [InlineData("emails", "emails.value", "Text", true)]
    [InlineData("emails.type", "emails.type", "Text", true)]
    [InlineData("meta.created", "meta.created", "Time", false)]
    [InlineData("active", "active", "Boolean", false)]
    [InlineData(ScimUrn.EnterpriseUser + ":department", ScimUrn.EnterpriseUser + ":department", "Text", false)]
    [InlineData("manager", ScimUrn.EnterpriseUser + ":manager.value", "TextExact", false)]
    [InlineData(ScimUrn.MembershipUser + ":seat", ScimUrn.MembershipUser + ":seat", "Boolean", false)]
    public void An_order_says_which_column_it_needs(string path, string key, string kind, bool ofList)
    {
        var sort = Resolve(path).Value!;
        Assert.Equal((key, kind, ofList), (sort.Key, sort.Kind.ToString(), sort.IsOfList));
    }

    [Theory]
    [InlineData("name", "invalidValue", false)]
    [InlineData("addresses", "invalidValue", false)]
    [InlineData("nothing", "invalidValue", false)]
    [InlineData("x509Certificates", "invalidValue", false)]
    [InlineData("password", "sensitive", false)]
    [InlineData("manager", "invalidValue", true)]
    [InlineData(ScimUrn.EnterpriseUser + ":manager", "invalidValue", true)]
    public void What_has_no_order_is_refused(string path, string scimType, bool strict) =>
        Assert.Equal(
            scimType,
            Sort.Resolve(AttributePath.Parse(path).Value!, SortOrder.Ascending, SchemaRegistry.Default.User, strict).Error?.ScimType
        );

    [Theory]
    [InlineData("userName", """[{"userName":"b"},{"userName":"A"},{},{"userName":"_"},{"userName":"É"}]""", "3 1 0 4 2")]
    [InlineData("externalId", """[{"externalId":"b"},{"externalId":"B"},{"externalId":"a"},{"externalId":""}]""", "1 2 0 3")]
    [InlineData("externalId", """[{"externalId":"\ud83d\ude00"},{"externalId":"\uffee"},{"externalId":"a"}]""", "2 1 0")]
    [InlineData(
        "emails",
        """[{"emails":[{"value":"b"},{"value":"z"}]},{"emails":[{"value":"z"},{"value":"a","primary":true}]},{"emails":[]}]""",
        "1 0 2"
    )]
    [InlineData("emails.type", """[{"emails":[{"value":"a"}]},{"emails":[{"type":"work"}]},{"emails":[{"type":"home"}]}]""", "2 1 0")]
    [InlineData(
        "meta.created",
        """[{"meta":{"created":"2020-01-01T00:30:00Z"}},{"meta":{"created":"2020-01-01T01:00:00+02:00"}},{"meta":{"created":"2019-12-31T23:30:00Z"}}]""",
        "1 2 0"
    )]
    [InlineData("active", """[{"active":true},{"active":false},{}]""", "1 0 2")]
    [InlineData(
        "manager",
        """[{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"2"}}},{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"1"}}},{}]""",
        "1 0 2"
    )]
    public void Resources_stand_in_order_and_those_without_a_value_last(string path, string list, string order)
    {
        var resources = JsonNode.Parse(list)!.AsArray().Select((item, index) => (Json: item!.AsObject(), index)).ToList();
        var sort = Resolve(path).Value!;
        Assert.Equal(order, string.Join(' ', resources.OrderBy(item => item.Json, sort).Select(item => item.index)));
        // descending: those without a value first (RFC 7644, section 3.4.2.3)
        Assert.Equal(
            order,
            string.Join(
                ' ',
                resources.OrderBy(item => item.Json, sort with { Order = SortOrder.Descending }).Select(item => item.index).Reverse()
            )
        );
    }

    [Fact]
    public void Over_several_types_an_attribute_that_one_does_not_know_has_no_value_there()
    {
        ScimResourceType[] types = [SchemaRegistry.Default.User, SchemaRegistry.Default.Group];
        var sort = SortAcross.Resolve(AttributePath.Parse("userName").Value!, SortOrder.Ascending, types).Value!;
        Assert.NotNull(sort.For(types[0]));
        Assert.Null(sort.For(types[1]));
        JsonObject Resource(string type, string name) =>
            new()
            {
                ["userName"] = name,
                ["meta"] = new JsonObject { ["resourceType"] = type },
            };
        JsonObject[] resources = [Resource("Group", "a"), Resource("User", "z"), Resource("User", "b")];
        Assert.Equal(["b", "z", "a"], resources.Order(sort).Select(json => json["userName"]!.ToString()));
        Assert.Equal("invalidValue", SortAcross.Resolve(AttributePath.Parse("nothing").Value!, SortOrder.Ascending, types).Error?.ScimType);
        Assert.Equal("sensitive", SortAcross.Resolve(AttributePath.Parse("password").Value!, SortOrder.Ascending, types).Error?.ScimType);
    }

    private static ScimResult<Sort> Resolve(string path) =>
        Sort.Resolve(AttributePath.Parse(path).Value!, SortOrder.Ascending, SchemaRegistry.Full.User);
}
