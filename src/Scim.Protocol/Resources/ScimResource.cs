using System.Globalization;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>Puts a resource together for an answer.</summary>
public static class ScimResource
{
    /// <summary>
    /// The whole resource: what is kept, with <c>schemas</c>, <c>id</c> and <c>meta</c> around it. The input stays as it is.
    /// </summary>
    public static JsonObject Compose(JsonObject kept, ScimResourceType type, string id, JsonObject meta)
    {
        ArgumentNullException.ThrowIfNull(kept);
        ArgumentNullException.ThrowIfNull(type);
        var resource = new JsonObject { ["schemas"] = Schemas(kept, type), ["id"] = id };
        foreach (var (name, value) in kept)
        {
            if (name is not ("schemas" or "id" or "meta"))
            {
                resource[name] = value?.DeepClone();
            }
        }
        resource["meta"] = meta;
        return resource;
    }

    /// <summary>The <c>meta</c> attribute (RFC 7643, section 3.1). Times are written in UTC with milliseconds.</summary>
    /// <param name="type">The resource type.</param>
    /// <param name="created">When the resource was made.</param>
    /// <param name="lastModified">When it was last changed.</param>
    /// <param name="location">Its absolute address, the same as the Location header.</param>
    /// <param name="version">Its entity tag, the same as the ETag header; see <see cref="Etag.Of"/>.</param>
    public static JsonObject Meta(
        ScimResourceType type,
        DateTimeOffset created,
        DateTimeOffset lastModified,
        string location,
        string version
    )
    {
        ArgumentNullException.ThrowIfNull(type);
        return new JsonObject
        {
            ["resourceType"] = type.Name,
            ["created"] = Time(created),
            ["lastModified"] = Time(lastModified),
            ["location"] = location,
            ["version"] = version,
        };
    }

    /// <summary>The URNs of the schemas that the resource has values of.</summary>
    public static JsonArray Schemas(JsonObject resource, ScimResourceType type)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(type);
        var urns = new JsonArray(type.Core.Id);
        foreach (var extension in type.Extensions.Where(extension => resource[extension.Id] is JsonObject { Count: > 0 }))
        {
            urns.Add(extension.Id);
        }
        return urns;
    }

    internal static JsonObject WithSchemas(JsonObject resource, ScimResourceType type)
    {
        resource.Remove("schemas");
        resource.Insert(0, "schemas", Schemas(resource, type));
        return resource;
    }

    internal static JsonObject Child(JsonObject parent, string name)
    {
        if (parent[name] is JsonObject existing)
        {
            return existing;
        }
        var child = new JsonObject();
        parent[name] = child;
        return child;
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
