using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Filters;

namespace UserManagement.Scim.Protocol.Schemas;

/// <summary>A kind of resource: its core schema and the extensions that may come with it (RFC 7643, section 6).</summary>
public sealed class ScimResourceType
{
    private readonly Dictionary<string, ScimAttribute> _common;
    private readonly JsonObject _json;

    internal ScimResourceType(
        string name,
        string endpoint,
        ScimSchema core,
        IReadOnlyList<ScimSchema> extensions,
        IReadOnlyList<ScimAttribute> common,
        JsonObject json
    )
    {
        Name = name;
        Endpoint = endpoint;
        Core = core;
        Extensions = extensions;
        CommonAttributes = common;
        _common = common.ToDictionary(attribute => attribute.Name, StringComparer.OrdinalIgnoreCase);
        _json = json;
    }

    /// <summary>The name, which is also <c>meta.resourceType</c>.</summary>
    public string Name { get; }

    /// <summary>The path below the base URL, with a leading slash.</summary>
    public string Endpoint { get; }

    /// <summary>The schema that every resource of the type has.</summary>
    public ScimSchema Core { get; }

    /// <summary>The schemas that may come on top.</summary>
    public IReadOnlyList<ScimSchema> Extensions { get; }

    /// <summary>id, externalId, meta and schemas.</summary>
    public IReadOnlyList<ScimAttribute> CommonAttributes { get; }

    /// <summary>The extension with that URN in any case, or null.</summary>
    public ScimSchema? FindExtension(string? urn) => Extensions.FirstOrDefault(extension => extension.Is(urn));

    /// <summary>The attribute of the core schema, or common to all resources, of that name in any case; or null.</summary>
    public ScimAttribute? Find(string name) => Core.Find(name) ?? _common.GetValueOrDefault(name);

    /// <summary>
    /// Finds what a path means here; null when it names nothing that is known. A tolerant reading also finds an
    /// extension's attribute without its URN (Entra's <c>manager eq "x"</c>) and the old form <c>urn:...:User.department</c>.
    /// What nobody can write is only found under its URN: a client that sends a plain <c>role</c> means one of its own.
    /// </summary>
    public ResolvedAttribute? Resolve(AttributePath path, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Urn is null)
        {
            return Within(null, Find(path.Name), path.Sub)
                ?? (
                    strict
                        ? null
                        : Extensions
                            .Select(extension => Within(extension, extension.Find(path.Name), path.Sub))
                            .FirstOrDefault(found => found?.Attribute.Mutability is not (null or Mutability.ReadOnly))
                );
        }
        if (Core.Is(path.Urn))
        {
            return Within(null, Find(path.Name), path.Sub);
        }
        if (FindExtension(path.Urn) is { } named)
        {
            return Within(named, named.Find(path.Name), path.Sub);
        }
        if (strict || path.Sub is null)
        {
            return null;
        }
        var whole = $"{path.Urn}:{path.Name}";
        return Core.Is(whole) ? Within(null, Find(path.Sub), null)
            : FindExtension(whole) is { } dotted ? Within(dotted, dotted.Find(path.Sub), null)
            : null;
    }

    /// <summary>The extension that a path names as a whole (<c>urn:...:enterprise:2.0:User</c>), or null.</summary>
    public ScimSchema? ResolveExtension(AttributePath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Urn is null || path.Sub is not null ? null : FindExtension($"{path.Urn}:{path.Name}");
    }

    /// <summary>A fresh copy of the file's content, to be shown under /ResourceTypes.</summary>
    public JsonObject ToJson() => (JsonObject)_json.DeepClone();

    /// <summary>The same type with one extension more, behind the others: a name without a URN means theirs first.</summary>
    internal ScimResourceType With(ScimSchema extension)
    {
        var json = ToJson();
        var listed = json["schemaExtensions"] as JsonArray;
        if (listed is null)
        {
            json["schemaExtensions"] = listed = [];
        }
        listed.Add(new JsonObject { ["schema"] = extension.Id, ["required"] = false });
        return new ScimResourceType(Name, Endpoint, Core, [.. Extensions, extension], CommonAttributes, json);
    }

    /// <summary>The same type without one of its extensions.</summary>
    internal ScimResourceType Without(ScimSchema extension)
    {
        var json = ToJson();
        foreach (
            var entry in (json["schemaExtensions"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Where(entry => extension.Is(SchemaFile.Required(entry, "schema")))
                .ToList()
        )
        {
            json["schemaExtensions"]!.AsArray().Remove(entry);
        }
        return new ScimResourceType(Name, Endpoint, Core, [.. Extensions.Where(other => other != extension)], CommonAttributes, json);
    }

    private static ResolvedAttribute? Within(ScimSchema? extension, ScimAttribute? attribute, string? sub)
    {
        if (attribute is null || sub is null)
        {
            return attribute is null ? null : new ResolvedAttribute(extension, attribute, null);
        }
        return attribute.Find(sub) is { } part ? new ResolvedAttribute(extension, attribute, part) : null;
    }
}
