namespace UserManagement.Scim.Protocol.Schemas;

/// <summary>Where a path leads in a resource type.</summary>
/// <param name="Extension">The extension whose object holds the attribute, or null for the resource itself.</param>
/// <param name="Attribute">The attribute at the top of that object.</param>
/// <param name="Sub">The sub-attribute, or null when the path names the whole attribute.</param>
public sealed record ResolvedAttribute(ScimSchema? Extension, ScimAttribute Attribute, ScimAttribute? Sub)
{
    /// <summary>The attribute that the path ends in.</summary>
    public ScimAttribute Leaf => Sub ?? Attribute;

    /// <summary>
    /// The attribute that a comparison looks at: the sub-attribute <c>value</c> where a complex attribute is named as a
    /// whole (<c>emails eq "x"</c>, <c>manager eq "x"</c>); null when there is nothing to compare (<c>name eq "x"</c>).
    /// </summary>
    public ScimAttribute? Comparable => Leaf.IsComplex ? Leaf.ValueAttribute : Leaf;

    /// <summary>
    /// A stable key for tables from attribute to column: <c>userName</c>, <c>name.familyName</c>, or with the URN in
    /// front for an extension. Always in canonical spelling.
    /// </summary>
    public string Key => Extension is null ? Leaf.Path : $"{Extension.Id}:{Leaf.Path}";
}
