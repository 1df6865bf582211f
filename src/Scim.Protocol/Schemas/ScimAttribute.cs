namespace UserManagement.Scim.Protocol.Schemas;

/// <summary>One attribute or sub-attribute, as its schema file describes it (RFC 7643, section 7).</summary>
public sealed class ScimAttribute
{
    private Dictionary<string, ScimAttribute> _byName = [];

    internal ScimAttribute(string name, AttributeType type, ScimAttribute? parent, string? schemaId)
    {
        Name = name;
        Type = type;
        Parent = parent;
        SchemaId = schemaId;
    }

    /// <summary>The name in its canonical spelling.</summary>
    public string Name { get; }

    /// <summary>The data type.</summary>
    public AttributeType Type { get; }

    /// <summary>The attribute that this one is part of, or null at the top.</summary>
    public ScimAttribute? Parent { get; }

    /// <summary>The URN of the schema, or null for the attributes that every resource has (id, externalId, meta, schemas).</summary>
    public string? SchemaId { get; }

    /// <summary>True when the attribute holds a list.</summary>
    public bool MultiValued { get; internal init; }

    /// <summary>True when a resource without it is refused.</summary>
    public bool Required { get; internal init; }

    /// <summary>True when upper and lower case make different values.</summary>
    public bool CaseExact { get; internal init; }

    /// <summary>Who may write it.</summary>
    public Mutability Mutability { get; internal init; }

    /// <summary>When it is returned.</summary>
    public Returned Returned { get; internal init; }

    /// <summary>In which reach it is unique.</summary>
    public Uniqueness Uniqueness { get; internal init; }

    /// <summary>What it means, in our words.</summary>
    public string Description { get; internal init; } = "";

    /// <summary>Suggested values. Others are taken as well.</summary>
    public IReadOnlyList<string> CanonicalValues { get; internal init; } = [];

    /// <summary>What a reference may point to.</summary>
    public IReadOnlyList<string> ReferenceTypes { get; internal init; } = [];

    /// <summary>The parts of a complex attribute, in the file's order; empty for the others.</summary>
    public IReadOnlyList<ScimAttribute> SubAttributes { get; private set; } = [];

    /// <summary>True for a state of the resource itself, which is one of two and cannot be unassigned: <c>active</c>.</summary>
    public bool IsState => Type == AttributeType.Boolean && Parent is null && !MultiValued && SchemaId == ScimUrn.User;

    /// <summary>True for a composition of sub-attributes.</summary>
    public bool IsComplex => Type == AttributeType.Complex;

    /// <summary>The sub-attribute <c>value</c>, which stands for the whole where none is named; null when there is none.</summary>
    public ScimAttribute? ValueAttribute => Find("value");

    /// <summary>The name with its parent, such as <c>name.familyName</c>.</summary>
    public string Path => Parent is null ? Name : $"{Parent.Path}.{Name}";

    /// <summary>The sub-attribute of that name in any case, or null.</summary>
    public ScimAttribute? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public override string ToString() => SchemaId is null ? Path : $"{SchemaId}:{Path}";

    internal void SetSubAttributes(IReadOnlyList<ScimAttribute> parts)
    {
        SubAttributes = parts;
        _byName = parts.ToDictionary(part => part.Name, StringComparer.OrdinalIgnoreCase);
    }
}
