using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Resources;

public sealed class ProjectionTests
{
    private const string Person = """
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","externalId":"x","userName":"b","password":"p","name":{"familyName":"J","givenName":"B"},"emails":[{"value":"a","type":"work"},{"value":"h","type":"home"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d","manager":{"value":"m","displayName":"M"}},"meta":{"resourceType":"User","location":"l"}}
        """;

    private static readonly ScimResourceType User = SchemaRegistry.Default.User;

    [Theory]
    [InlineData("userName", null, """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"b"}""")]
    [InlineData(
        "USERNAME,name.familyname",
        null,
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"b","name":{"familyName":"J"}}"""
    )]
    [InlineData(
        "emails.value, meta.location",
        null,
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","emails":[{"value":"a"},{"value":"h"}],"meta":{"location":"l"}}"""
    )]
    [InlineData(
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
        null,
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"displayName":"M"}}}"""
    )]
    [InlineData(
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        null,
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d","manager":{"value":"m","displayName":"M"}}}"""
    )]
    [InlineData("password,nothing", null, """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1"}""")]
    [InlineData(
        null,
        "emails,meta,id,schemas,externalId,name.givenName,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"1","userName":"b","name":{"familyName":"J"}}"""
    )]
    public void An_answer_has_what_was_asked_for(string? attributes, string? excluded, string expected)
    {
        var person = JsonNode.Parse(Person)!.AsObject();
        var result = Projection.Read(attributes, excluded, User).Value!.Apply(person);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result), result.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Person), person));
    }

    [Fact]
    public void Without_a_wish_all_but_the_password_is_returned()
    {
        var expected = JsonNode.Parse(Person)!.AsObject();
        expected.Remove("password");
        Assert.True(JsonNode.DeepEquals(expected, Projection.Read("", null, User).Value!.Apply(JsonNode.Parse(Person)!.AsObject())));
    }

    [Fact]
    public void Both_parameters_together_are_refused() => Assert.Equal("invalidValue", Projection.Read("a", "b", User).Error?.ScimType);

    [Fact]
    public void The_door_can_ask_before_it_loads_members()
    {
        var group = SchemaRegistry.Default.Group;
        Assert.True(Projection.Default(group).Wants("members"));
        Assert.False(Projection.Read(null, "members", group).Value!.Wants("members"));
        Assert.False(Projection.Read("displayName", null, group).Value!.Wants("members"));
        Assert.True(Projection.Read("members.value", null, group).Value!.Wants("members"));
        Assert.True(Projection.Read(null, "members.display", group).Value!.Wants("members"));
    }
}
