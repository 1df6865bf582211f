using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>
/// The bodies of the discovery endpoints (RFC 7644, section 4), from the files in <c>scim-schemas/</c>. The base URL is
/// the configured one, without a trailing slash; it never comes from a request.
/// </summary>
public static class Discovery
{
    /// <summary>/ServiceProviderConfig.</summary>
    /// <param name="registry">The files.</param>
    /// <param name="baseUrl">The SCIM base URL.</param>
    /// <param name="documentation">A page for people, or null.</param>
    /// <param name="maxResults">The largest page.</param>
    public static JsonObject ServiceProviderConfig(
        SchemaRegistry registry,
        string baseUrl,
        Uri? documentation = null,
        int maxResults = Paging.MaxCount
    )
    {
        ArgumentNullException.ThrowIfNull(registry);
        var config = registry.ServiceProviderConfig();
        if (documentation is not null)
        {
            config.Insert(1, "documentationUri", documentation.AbsoluteUri);
        }
        config["filter"]!["maxResults"] = maxResults;
        config["meta"] = Meta("ServiceProviderConfig", $"{baseUrl}/ServiceProviderConfig");
        return config;
    }

    /// <summary>/ServiceProviderConfig, saying exactly what the door offers.</summary>
    public static JsonObject ServiceProviderConfig(SchemaRegistry registry, string baseUrl, ServerOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var config = ServiceProviderConfig(registry, baseUrl, offer.Documentation, offer.MaxResults);
        config["sort"]!["supported"] = offer.Sort;
        config["bulk"]!["supported"] = offer.Bulk is not null;
        if (offer.Bulk is { } bulk)
        {
            config["bulk"]!["maxOperations"] = bulk.MaxOperations;
            config["bulk"]!["maxPayloadSize"] = bulk.MaxPayloadSize;
        }
        if (offer.Pagination is { } pagination)
        {
            config.Insert(config.IndexOf("authenticationSchemes"), "pagination", pagination.ToJson());
        }
        return config;
    }

    /// <summary>/Schemas.</summary>
    public static JsonObject Schemas(SchemaRegistry registry, string baseUrl)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return All([.. registry.Schemas.Select(schema => Show(schema, baseUrl))]);
    }

    /// <summary>/Schemas/{urn}, or null when there is no such schema (404).</summary>
    public static JsonObject? Schema(SchemaRegistry registry, string urn, string baseUrl)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.FindSchema(urn) is { } schema ? Show(schema, baseUrl) : null;
    }

    /// <summary>/ResourceTypes.</summary>
    public static JsonObject ResourceTypes(SchemaRegistry registry, string baseUrl)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return All([.. registry.ResourceTypes.Select(type => Show(type, baseUrl))]);
    }

    /// <summary>/ResourceTypes/{name}, or null when there is no such type (404).</summary>
    public static JsonObject? ResourceType(SchemaRegistry registry, string name, string baseUrl)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.FindResourceType(name) is { } type ? Show(type, baseUrl) : null;
    }

    private static JsonObject All(IReadOnlyList<JsonObject> resources) => new ListResponse(resources.Count, 1, resources).ToJson();

    private static JsonObject Show(ScimSchema schema, string baseUrl)
    {
        var json = schema.ToJson();
        json["meta"] = Meta("Schema", $"{baseUrl}/Schemas/{schema.Id}");
        return json;
    }

    private static JsonObject Show(ScimResourceType type, string baseUrl)
    {
        var json = type.ToJson();
        json["meta"] = Meta("ResourceType", $"{baseUrl}/ResourceTypes/{type.Name}");
        return json;
    }

    private static JsonObject Meta(string resourceType, string location) =>
        new() { ["resourceType"] = resourceType, ["location"] = location };
}
