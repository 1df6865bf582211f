using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Filters;

public sealed class AttributePathTests
{
    private const string Enterprise = ScimUrn.EnterpriseUser;

    [Theory]
    [InlineData("username", "userName")]
    [InlineData("NAME.familyname", "name.familyName")]
    [InlineData(ScimUrn.User + ":userName", "userName")]
    [InlineData(ScimUrn.User + ":externalId", "externalId")]
    [InlineData(Enterprise + ":department", Enterprise + ":department")]
    [InlineData(Enterprise + ":manager.displayname", Enterprise + ":manager.displayName")]
    [InlineData(Enterprise + ".employeeNumber", Enterprise + ":employeeNumber")]
    [InlineData(ScimUrn.User + ".title", "title")]
    [InlineData("manager", Enterprise + ":manager")]
    [InlineData("manager.value", Enterprise + ":manager.value")]
    [InlineData("meta.lastModified", "meta.lastModified")]
    [InlineData("emails.$ref", null)]
    [InlineData("shoeSize", null)]
    [InlineData("urn:x:y:shoeSize", null)]
    public void A_path_leads_to_its_attribute(string text, string? key) =>
        Assert.Equal(key, SchemaRegistry.Default.User.Resolve(AttributePath.Parse(text).Value!)?.Key);

    [Fact]
    public void A_URN_is_cut_at_the_last_colon_and_not_at_its_dot()
    {
        var path = AttributePath.Parse(Enterprise + ":manager.value").Value!;
        Assert.Equal((Enterprise, "manager", "value"), (path.Urn, path.Name, path.Sub));
        Assert.Equal(Enterprise + ":manager.value", path.ToString());
    }

    [Fact]
    public void A_path_may_name_an_extension_as_a_whole() =>
        Assert.Equal("EnterpriseUser", SchemaRegistry.Default.User.ResolveExtension(AttributePath.Parse(Enterprise).Value!)?.Name);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("a b")]
    [InlineData(":a")]
    [InlineData("x:a")]
    [InlineData("urn:a:")]
    [InlineData("urn:a b:c")]
    public void What_is_no_path_is_refused(string text) => Assert.Equal("invalidPath", AttributePath.Parse(text).Error?.ScimType);
}
