using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol.Schemas;

/// <summary>A schema as its file in <c>scim-schemas/</c> gives it (RFC 7643, section 7).</summary>
public sealed class ScimSchema
{
    private readonly Dictionary<string, ScimAttribute> _byName;
    private readonly JsonObject _json;

    internal ScimSchema(string id, string name, string description, IReadOnlyList<ScimAttribute> attributes, JsonObject json)
    {
        Id = id;
        Name = name;
        Description = description;
        Attributes = attributes;
        _byName = attributes.ToDictionary(attribute => attribute.Name, StringComparer.OrdinalIgnoreCase);
        _json = json;
    }

    /// <summary>The URN.</summary>
    public string Id { get; }

    /// <summary>The readable name.</summary>
    public string Name { get; }

    /// <summary>What the schema is for.</summary>
    public string Description { get; }

    /// <summary>The attributes at the top, in the file's order.</summary>
    public IReadOnlyList<ScimAttribute> Attributes { get; }

    /// <summary>True when a client can write none of the attributes.</summary>
    public bool IsReadOnly => Attributes.All(attribute => attribute.Mutability == Mutability.ReadOnly);

    /// <summary>The attribute of that name in any case, or null.</summary>
    public ScimAttribute? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>True when the URN is this schema's; URNs are compared without regard to case.</summary>
    public bool Is(string? urn) => string.Equals(Id, urn, StringComparison.OrdinalIgnoreCase);

    /// <summary>A fresh copy of the file's content, to be shown under /Schemas.</summary>
    public JsonObject ToJson() => (JsonObject)_json.DeepClone();
}
