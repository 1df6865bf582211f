using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Filters;

public sealed class FilterCheckTests
{
    private static readonly ScimResourceType[] Both = [SchemaRegistry.Default.User, SchemaRegistry.Default.Group];

    [Theory]
    [InlineData("userName eq \"a\"", null)]
    [InlineData("members eq \"a\" or userName eq \"a\"", null)]
    [InlineData("displayName sw \"a\" and meta.resourceType eq \"Group\"", null)]
    [InlineData("emails[type eq \"work\"] and not (members pr)", null)]
    [InlineData("nothing eq \"a\"", "invalidFilter")]
    [InlineData("userName eq \"a\" or nothing pr", "invalidFilter")]
    [InlineData("active gt true", "invalidFilter")]
    [InlineData("emails[nothing pr]", "invalidFilter")]
    [InlineData("not (password pr)", "sensitive")]
    public void Over_several_types_one_that_knows_the_attribute_is_enough(string filter, string? scimType) =>
        Assert.Equal(scimType, FilterCheck.RunAcross(Filter.Parse(filter).Value!, Both)?.ScimType);
}
