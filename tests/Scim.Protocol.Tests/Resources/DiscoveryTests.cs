using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Bulk;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using Xunit;

namespace UserManagement.Scim.Protocol.Tests.Resources;

public sealed class DiscoveryTests
{
    private const string Base = "https://id.example.com/scim/v2/acme";

    [Fact]
    public void The_configuration_says_what_is_offered()
    {
        var config = Discovery.ServiceProviderConfig(SchemaRegistry.Default, Base, new Uri("https://id.example.com/docs"), 500);
        foreach (
            var (part, offered) in new[]
            {
                ("patch", true),
                ("bulk", false),
                ("filter", true),
                ("changePassword", false),
                ("sort", false),
                ("etag", true),
            }
        )
        {
            Assert.Equal(offered, config[part]!["supported"]!.GetValue<bool>());
        }
        Assert.Equal(500, config["filter"]!["maxResults"]!.GetValue<int>());
        Assert.Equal("oauthbearertoken", config["authenticationSchemes"]![0]!["type"]!.GetValue<string>());
        Assert.Equal("https://id.example.com/docs", config["documentationUri"]!.GetValue<string>());
        Assert.Equal(Base + "/ServiceProviderConfig", config["meta"]!["location"]!.GetValue<string>());
    }

    [Fact]
    public void The_configuration_says_what_the_door_offers()
    {
        var offer = new ServerOffer
        {
            Sort = true,
            Bulk = new BulkLimits { MaxOperations = 50, MaxPayloadSize = 4096 },
            Pagination = new PaginationOffer
            {
                DefaultPageSize = 20,
                MaxPageSize = 200,
                CursorTimeout = TimeSpan.FromHours(1),
            },
            MaxResults = 200,
        };
        var config = Discovery.ServiceProviderConfig(SchemaRegistry.Default, Base, offer);
        Assert.True(config["sort"]!["supported"]!.GetValue<bool>());
        Assert.Equal("""{"supported":true,"maxOperations":50,"maxPayloadSize":4096}""", config["bulk"]!.ToJsonString());
        Assert.Equal(
            """{"cursor":true,"index":true,"defaultPaginationMethod":"index","defaultPageSize":20,"maxPageSize":200,"cursorTimeout":3600}""",
            config["pagination"]!.ToJsonString()
        );
        var plain = Discovery.ServiceProviderConfig(SchemaRegistry.Default, Base, new ServerOffer());
        Assert.False(plain.ContainsKey("pagination"));
        Assert.False(plain["bulk"]!["supported"]!.GetValue<bool>());
    }

    [Fact]
    public void Schemas_are_a_list_of_the_files_without_nulls()
    {
        var list = Discovery.Schemas(SchemaRegistry.Default, Base);
        Assert.Equal(3, list["totalResults"]!.GetValue<long>());
        Assert.Equal(
            [ScimUrn.Group, ScimUrn.User, ScimUrn.EnterpriseUser],
            list["Resources"]!.AsArray().Select(schema => schema!["id"]!.GetValue<string>())
        );
        Assert.DoesNotContain("null", list.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(
            $"{Base}/Schemas/{ScimUrn.User}",
            Discovery.Schema(SchemaRegistry.Default, ScimUrn.User.ToUpperInvariant(), Base)!["meta"]!["location"]!.GetValue<string>()
        );
        Assert.Null(Discovery.Schema(SchemaRegistry.Default, "urn:nothing", Base));
    }

    [Fact]
    public void Resource_types_are_a_list_too()
    {
        var list = Discovery.ResourceTypes(SchemaRegistry.Default, Base);
        Assert.Equal(["/Groups", "/Users"], list["Resources"]!.AsArray().Select(type => type!["endpoint"]!.GetValue<string>()));
        Assert.Equal(
            Base + "/ResourceTypes/User",
            Discovery.ResourceType(SchemaRegistry.Default, "user", Base)!["meta"]!["location"]!.GetValue<string>()
        );
        Assert.Null(Discovery.ResourceType(SchemaRegistry.Default, "Nothing", Base));
    }

    [Fact]
    public void A_resource_is_put_together_in_the_usual_order()
    {
        var kept = new JsonObject
        {
            ["schemas"] = new JsonArray(),
            ["userName"] = "b",
            [ScimUrn.EnterpriseUser] = new JsonObject { ["department"] = "d" },
        };
        var made = new DateTimeOffset(2026, 1, 2, 4, 4, 5, 678, TimeSpan.FromHours(1));
        var meta = ScimResource.Meta(SchemaRegistry.Default.User, made, made, Base + "/Users/1", Etag.Of(3));
        var resource = ScimResource.Compose(kept, SchemaRegistry.Default.User, "1", meta);
        Assert.Equal(["schemas", "id", "userName", ScimUrn.EnterpriseUser, "meta"], resource.Select(pair => pair.Key));
        Assert.Equal(2, resource["schemas"]!.AsArray().Count);
        Assert.Equal("2026-01-02T03:04:05.678Z", resource["meta"]!["created"]!.GetValue<string>());
        Assert.Equal("W/\"3\"", resource["meta"]!["version"]!.GetValue<string>());
    }
}
