namespace UserManagement.Scim.Protocol.Filters;

/// <summary>
/// An attribute as a client writes it: <c>userName</c>, <c>name.familyName</c>, <c>urn:...:User:manager.value</c>
/// (RFC 7644, section 3.10). Only its form is checked here; <see cref="Schemas.ScimResourceType.Resolve"/> says what it means.
/// </summary>
/// <param name="Urn">
/// What stands before the last colon, or null. A URN holds dots of its own (<c>2.0</c>), so it is cut at the last
/// colon and never at a dot.
/// </param>
/// <param name="Name">The attribute.</param>
/// <param name="Sub">The sub-attribute, or null.</param>
public sealed record AttributePath(string? Urn, string Name, string? Sub)
{
    /// <summary>Longest path that is read, in characters.</summary>
    public const int MaxLength = 1024;

    /// <summary>Reads a path. Refusal: 400 invalidPath when it is not of the form.</summary>
    public static ScimResult<AttributePath> Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return ScimError.InvalidPath(
                text is null or "" ? "An attribute path is empty." : $"An attribute path is longer than {MaxLength} characters."
            );
        }
        string? urn = null;
        var rest = text;
        var colon = text.LastIndexOf(':');
        if (colon >= 0)
        {
            urn = text[..colon];
            rest = text[(colon + 1)..];
            if (!IsUrn(urn))
            {
                return Malformed();
            }
        }
        var parts = rest.Split('.');
        if (!Array.TrueForAll(parts, IsName))
        {
            return Malformed();
        }
        return parts.Length switch
        {
            1 => new AttributePath(urn, parts[0], null),
            2 => new AttributePath(urn, parts[0], parts[1]),
            // the old dotted form urn:...:User.manager.value: the first part belongs to the URN
            3 when urn is not null => new AttributePath($"{urn}:{parts[0]}", parts[1], parts[2]),
            _ => Malformed(),
        };
    }

    /// <summary>True for an ATTRNAME of the RFC, and for <c>$ref</c>.</summary>
    public static bool IsName(string text) =>
        text is { Length: > 0 } && (char.IsAsciiLetter(text[0]) || text[0] == '$') && text.AsSpan(1).IndexOfAnyExcept(NameCharacters) < 0;

    /// <inheritdoc/>
    public override string ToString() => (Urn is null ? "" : Urn + ":") + Name + (Sub is null ? "" : "." + Sub);

    private static readonly System.Buffers.SearchValues<char> NameCharacters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_$"
    );

    private static bool IsUrn(string text) =>
        text.StartsWith("urn:", StringComparison.OrdinalIgnoreCase)
        && text.Length > 4
        && text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0
        && text.AsSpan().IndexOfAny("\"()[]") < 0;

    private static ScimError Malformed() =>
        ScimError.InvalidPath("An attribute path has the form attribute, attribute.sub or urn:attribute.sub.");
}
