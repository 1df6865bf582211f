using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Filters;

public sealed class FilterEvaluatorTests
{
    private static readonly JsonObject Person = JsonNode
        .Parse(
            """
            {
              "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
              "id": "u1", "externalId": "Ext", "userName": "BJensen", "active": true, "nickName": "",
              "name": { "familyName": "Jensen" },
              "emails": [
                { "value": "b@example.com", "type": "work", "primary": true },
                { "value": "babs@jensen.org", "type": "home" }
              ],
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Tour", "manager": { "value": "m1" } },
              "meta": { "resourceType": "User", "lastModified": "2011-05-13T04:42:34.000Z", "created": "2010-01-23T04:56:22Z" }
            }
            """
        )!
        .AsObject();

    [Theory]
    [InlineData("userName eq \"bjensen\"", true)]
    [InlineData("username sw \"BJ\"", true)]
    [InlineData("userName co \"ENS\"", true)]
    [InlineData("userName ew \"sen\"", true)]
    [InlineData("userName ne \"bjensen\"", false)]
    [InlineData("userName gt \"a\" and userName lt \"c\"", true)]
    [InlineData("externalId eq \"Ext\"", true)]
    [InlineData("externalId eq \"ext\"", false)]
    [InlineData("id eq \"u1\"", true)]
    [InlineData("id eq \"U1\"", false)]
    [InlineData("title pr", false)]
    [InlineData("nickName pr", false)]
    [InlineData("name pr", true)]
    [InlineData("title ne \"x\"", true)]
    [InlineData("title eq null", true)]
    [InlineData("title ne null", false)]
    [InlineData("userName ne null", true)]
    [InlineData("userName eq null", false)]
    [InlineData("active eq true", true)]
    [InlineData("active eq \"True\"", true)]
    [InlineData("active ne true", false)]
    [InlineData("active eq false", false)]
    [InlineData("not (active eq false)", true)]
    [InlineData("emails eq \"B@example.com\"", true)]
    [InlineData("emails co \"jensen\"", true)]
    [InlineData("emails.type eq \"home\"", true)]
    [InlineData("emails[type eq \"work\" and value co \"jensen\"]", false)]
    [InlineData("emails[type eq \"home\" and value co \"jensen\"]", true)]
    [InlineData("emails[type eq \"work\"].value eq \"b@example.com\"", true)]
    [InlineData("emails[type eq \"home\"].value eq \"b@example.com\"", false)]
    [InlineData("emails[primary eq \"True\"]", true)]
    [InlineData("emails[not (type eq \"work\")]", true)]
    [InlineData("emails[primary pr]", true)]
    [InlineData("emails pr and not (phoneNumbers pr)", true)]
    [InlineData("manager eq \"m1\"", true)]
    [InlineData("manager eq \"m2\"", false)]
    [InlineData("id eq \"u1\" and manager eq \"m1\"", true)]
    [InlineData("department eq \"tour\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"Tour\"", true)]
    [InlineData("URN:IETF:params:scim:schemas:core:2.0:user:userName eq \"bjensen\"", true)]
    [InlineData("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"", true)]
    [InlineData("meta.lastModified gt \"2011-05-13T06:42:33+02:00\"", true)]
    [InlineData("meta.lastModified lt \"2011-05-13T06:42:34.001+02:00\"", true)]
    [InlineData("meta.lastModified eq \"2011-05-13T06:42:34+02:00\"", true)]
    [InlineData("meta.created ge 2010-01-23T04:56:22Z", true)]
    [InlineData("title pr or userName pr and active eq true", true)]
    [InlineData("(title pr or userName pr) and active eq false", false)]
    [InlineData("nothing eq \"x\"", false)]
    [InlineData("nothing pr", false)]
    public void A_filter_holds_or_not(string text, bool holds)
    {
        var filter = Filter.Parse(text);
        Assert.True(filter.IsOk, filter.Error?.Detail);
        Assert.Equal(holds, FilterEvaluator.Matches(filter.Value, Person, SchemaRegistry.Default.User));
        if (!text.Contains("nothing", StringComparison.Ordinal))
        {
            Assert.Null(FilterCheck.Run(filter.Value, SchemaRegistry.Default.User));
        }
    }

    [Theory]
    [InlineData("nothing eq \"x\"", "invalidFilter")]
    [InlineData("emails.nothing eq \"x\"", "invalidFilter")]
    [InlineData("emails[nothing eq \"x\"]", "invalidFilter")]
    [InlineData("urn:example:User:userName eq \"x\"", "invalidFilter")]
    [InlineData("userName[type eq \"x\"]", "invalidFilter")]
    [InlineData("name eq \"x\"", "invalidFilter")]
    [InlineData("active gt true", "invalidFilter")]
    [InlineData("active eq \"maybe\"", "invalidFilter")]
    [InlineData("active co \"t\"", "invalidFilter")]
    [InlineData("x509Certificates gt \"a\"", "invalidFilter")]
    [InlineData("meta.created gt \"yesterday\"", "invalidFilter")]
    [InlineData("meta.created co \"2010\"", "invalidFilter")]
    [InlineData("userName gt null", "invalidFilter")]
    [InlineData("title pr and password sw \"a\"", "sensitive")]
    [InlineData("password pr", "sensitive")]
    public void What_cannot_be_served_is_declined(string text, string scimType) =>
        Assert.Equal(scimType, FilterCheck.Run(Filter.Parse(text).Value!, SchemaRegistry.Default.User)?.ScimType);

    [Theory]
    [InlineData("manager eq \"m1\"")]
    [InlineData("active eq \"true\"")]
    [InlineData("userName eq 7")]
    public void A_strict_check_wants_URNs_and_types(string text)
    {
        Assert.Null(FilterCheck.Run(Filter.Parse(text).Value!, SchemaRegistry.Default.User));
        Assert.Equal("invalidFilter", FilterCheck.Run(Filter.Parse(text).Value!, SchemaRegistry.Default.User, strict: true)?.ScimType);
    }
}
