using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Clients;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Clients;

public class ClientSignsTests
{
    [Theory]
    [InlineData("""{"op":"Replace","path":"active","value":"False"}""", ScimClient.Entra, true, PatchDialect.Older)]
    [InlineData("""{"op":"replace","path":"active","value":"False"}""", ScimClient.Entra, true, PatchDialect.Older)]
    [InlineData("""{"op":"Remove","path":"members","value":[{"$ref":null,"value":"u1"}]}""", ScimClient.Entra, true, PatchDialect.Older)]
    [InlineData("""{"op":"Add","path":"emails[type eq \"work\"].value","value":"a@b"}""", ScimClient.Entra, true, PatchDialect.Older)]
    [InlineData("""{"op":"replace","value":{"displayName":"B","name.givenName":"K"}}""", ScimClient.Entra, true, PatchDialect.Standard)]
    [InlineData(
        """{"op":"replace","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber":"A"}}""",
        ScimClient.Entra,
        true,
        PatchDialect.Standard
    )]
    [InlineData(
        """{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@b"}""",
        ScimClient.Entra,
        false,
        PatchDialect.Standard
    )]
    [InlineData(
        """{"op":"replace","path":"emails[type eq \"work\"].value","value":"a@b"},{"op":"replace","value":{"id":"1","displayName":"X"}}""",
        ScimClient.Okta,
        true,
        PatchDialect.Standard
    )]
    [InlineData("""{"op":"replace","value":{"id":"1","displayName":"X","members":[]}}""", ScimClient.Okta, true, PatchDialect.Standard)]
    [InlineData("""{"op":"replace","value":{"active":false}}""", ScimClient.Okta, false, PatchDialect.Standard)]
    [InlineData(
        """{"op":"replace","value":{"id":"1","displayName":"X","schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}}""",
        ScimClient.Authentik,
        true,
        PatchDialect.Standard
    )]
    [InlineData("""{"op":"remove","path":"members","value":[{"value":"u1"}]}""", ScimClient.JumpCloud, false, PatchDialect.Standard)]
    [InlineData("""{"op":"remove","path":"members[value eq \"u1\"]"}""", null, false, PatchDialect.Standard)]
    [InlineData("""{"op":"replace","path":"active","value":false}""", null, false, PatchDialect.Standard)]
    [InlineData(
        """{"op":"replace","value":{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"x"}}}""",
        null,
        false,
        PatchDialect.Standard
    )]
    public void A_patch_tells_by_its_form(string operations, ScimClient? client, bool isSure, PatchDialect dialect) =>
        Assert.Equal(
            new ClientSigns(client, isSure, dialect),
            Of("PATCH", $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{operations}}]}""")
        );

    [Theory]
    [InlineData(
        "POST",
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]}""",
        ScimClient.Entra,
        true
    )]
    [InlineData("POST", """{"userName":"a","meta":{"resourceType":"User"},"roles":[]}""", ScimClient.Entra, false)]
    [InlineData("POST", """{"userName":"a","externalId":"00u1","password":"p","groups":[]}""", ScimClient.Okta, true)]
    [InlineData("POST", """{"userName":"a","externalId":"x","password":"p","groups":[]}""", ScimClient.Okta, false)]
    [InlineData("PUT", """{"schemas":["urn:scim:schemas:core:1.0"],"id":null}""", ScimClient.OneLogin, true)]
    [InlineData("PUT", """{"userName":"a","manager":{"managerId":"1"}}""", ScimClient.OneLogin, true)]
    public void A_resource_tells_by_what_stands_in_it(string method, string body, ScimClient client, bool isSure) =>
        Assert.Equal(new ClientSigns(client, isSure, null), Of(method, body));

    [Theory]
    [InlineData("POST", """{"userName":"a","password":"p"}""")]
    [InlineData("PUT", """{"userName":"a","meta":{"resourceType":"User","location":"x"}}""")]
    [InlineData("PATCH", """{"Operations":[]}""")]
    [InlineData("PATCH", """{"Operations":"x"}""")]
    [InlineData("POST", """{"schemas":[1,null,{}],"manager":7,"meta":[],"groups":{},"password":1,"externalId":[]}""")]
    [InlineData("DELETE", """{"Operations":[{"op":"Add"}]}""")]
    public void What_could_be_anybodys_tells_nothing(string method, string body) => Assert.Null(Of(method, body));

    [Theory]
    [InlineData("""[1,null,"x",[],{}]""")]
    [InlineData("""[{"op":1,"path":2,"value":3},{"op":"replace","path":"a","value":[1]},{"op":"replace","value":[]}]""")]
    public void Operations_that_are_none_are_passed_over(string operations) =>
        Assert.Equal(new ClientSigns(null, false, PatchDialect.Standard), Of("PATCH", $$"""{"Operations":{{operations}}}"""));

    private static ClientSigns? Of(string method, string body) => ClientSigns.Of(method, JsonNode.Parse(body)!.AsObject());
}
