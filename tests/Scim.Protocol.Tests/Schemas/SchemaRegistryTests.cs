using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Schemas;

public sealed class SchemaRegistryTests
{
    private static readonly SchemaRegistry Registry = SchemaRegistry.Default;

    [Theory]
    [InlineData("userName", "Text", false, true, false, "ReadWrite", "Default", "Server")]
    [InlineData("id", "Text", false, false, true, "ReadOnly", "Always", "Server")]
    [InlineData("externalId", "Text", false, false, true, "ReadWrite", "Default", "None")]
    [InlineData("password", "Text", false, false, true, "WriteOnly", "Never", "None")]
    [InlineData("groups", "Complex", true, false, false, "ReadOnly", "Default", "None")]
    [InlineData("meta", "Complex", false, false, false, "ReadOnly", "Default", "None")]
    [InlineData("active", "Boolean", false, false, false, "ReadWrite", "Default", "None")]
    [InlineData("profileUrl", "Reference", false, false, true, "ReadWrite", "Default", "None")]
    public void An_attribute_is_as_its_file_says(
        string name,
        string type,
        bool multiValued,
        bool required,
        bool caseExact,
        string mutability,
        string returned,
        string uniqueness
    )
    {
        var attribute = Registry.User.Find(name)!;
        Assert.Equal(
            (type, multiValued, required, caseExact, mutability, returned, uniqueness),
            (
                attribute.Type.ToString(),
                attribute.MultiValued,
                attribute.Required,
                attribute.CaseExact,
                attribute.Mutability.ToString(),
                attribute.Returned.ToString(),
                attribute.Uniqueness.ToString()
            )
        );
    }

    [Fact]
    public void The_core_schemas_have_every_attribute_of_the_RFC()
    {
        Assert.Equal(
            [
                "active",
                "addresses",
                "displayName",
                "emails",
                "entitlements",
                "groups",
                "ims",
                "locale",
                "name",
                "nickName",
                "password",
                "phoneNumbers",
                "photos",
                "preferredLanguage",
                "profileUrl",
                "roles",
                "timezone",
                "title",
                "userName",
                "userType",
                "x509Certificates",
            ],
            Registry.User.Core.Attributes.Select(attribute => attribute.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["costCenter", "department", "division", "employeeNumber", "manager", "organization"],
            Registry.FindSchema(ScimUrn.EnterpriseUser)!.Attributes.Select(attribute => attribute.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(["displayName", "members"], Registry.Group.Core.Attributes.Select(attribute => attribute.Name));
        Assert.True(Registry.Group.Find("displayName")!.Required);
    }

    [Fact]
    public void Names_and_URNs_are_found_in_any_case()
    {
        Assert.Equal(
            "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName",
            Registry.User.Find("NAME")!.Find("FAMILYname")!.ToString()
        );
        Assert.NotNull(Registry.FindSchema(ScimUrn.Group.ToUpperInvariant()));
        Assert.NotNull(Registry.User.FindExtension(ScimUrn.EnterpriseUser.ToUpperInvariant()));
    }

    [Fact]
    public void Our_own_extension_cannot_be_written_and_is_never_required()
    {
        var membership = SchemaRegistry.Full.User.FindExtension(ScimUrn.MembershipUser)!;
        Assert.True(membership.IsReadOnly);
        Assert.Equal(["role", "license", "seat", "waiting", "state", "origin"], membership.Attributes.Select(attribute => attribute.Name));
        Assert.Equal(["kind", "value", "display"], membership.Find("origin")!.SubAttributes.Select(part => part.Name));
        Assert.All(membership.Attributes, attribute => Assert.False(attribute.Required));
        Assert.False(SchemaRegistry.Full.User.ToJson()["schemaExtensions"]![1]!["required"]!.GetValue<bool>());
    }

    [Fact]
    public void A_registry_can_leave_an_extension_out()
    {
        var (full, without) = (SchemaRegistry.Full, Registry);
        Assert.Null(without.FindSchema(ScimUrn.MembershipUser));
        Assert.Null(without.User.FindExtension(ScimUrn.MembershipUser));
        Assert.DoesNotContain("usermanagement", without.User.ToJson().ToJsonString(), StringComparison.Ordinal);
        Assert.Same(full.User.Core, without.User.Core);
        Assert.NotNull(without.User.FindExtension(ScimUrn.EnterpriseUser));
        Assert.NotNull(full.FindSchema(ScimUrn.MembershipUser));
        Assert.Throws<ArgumentException>(() => Registry.Without(ScimUrn.User));
        Assert.Throws<ArgumentException>(() => Registry.Without("urn:nothing"));
    }

    [Fact]
    public void A_copy_of_a_file_can_be_changed_without_harm()
    {
        Registry.User.Core.ToJson().Clear();
        Assert.Equal(ScimUrn.User, Registry.User.Core.ToJson()["id"]!.GetValue<string>());
    }
}
