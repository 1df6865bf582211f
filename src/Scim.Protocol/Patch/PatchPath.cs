using UserManagement.Scim.Protocol.Filters;

namespace UserManagement.Scim.Protocol.Patch;

/// <summary>
/// The target of an operation (RFC 7644, section 3.5.2, figure 7): <c>attr</c>, <c>attr.sub</c>, <c>attr[filter]</c>,
/// <c>attr[filter].sub</c>, each with a URN in front or not.
/// </summary>
/// <param name="Attribute">The attribute; its sub-attribute is the one after the bracket where there is one.</param>
/// <param name="ValueFilter">What is in the brackets, or null.</param>
public sealed record PatchPath(AttributePath Attribute, Filter? ValueFilter)
{
    /// <summary>
    /// Reads a path. Refusals: 400 invalidPath for the form, 400 invalidFilter for what is in the brackets.
    /// </summary>
    public static ScimResult<PatchPath> Parse(string? text, PatchOptions? options = null)
    {
        options ??= PatchOptions.Default;
        if (string.IsNullOrWhiteSpace(text) || text.Length > options.MaxPathLength)
        {
            return ScimError.InvalidPath($"A path has 1 to {options.MaxPathLength} characters.");
        }
        text = text.Trim();
        var open = text.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
        {
            return AttributePath.Parse(text).TryGet(out var plain, out var malformed) ? new PatchPath(plain, null) : malformed;
        }
        var close = text.LastIndexOf(']');
        if (close < open)
        {
            return ScimError.InvalidPath("A bracket in the path is not closed.");
        }
        var tail = text[(close + 1)..];
        if (tail.Length > 0 && (tail[0] != '.' || !AttributePath.IsName(tail[1..])))
        {
            return ScimError.InvalidPath("After a closing bracket comes nothing, or a point and a sub-attribute.");
        }
        if (!AttributePath.Parse(text[..open].TrimEnd()).TryGet(out var attribute, out var error))
        {
            return error;
        }
        if (attribute.Sub is not null && attribute.Urn is null)
        {
            return ScimError.InvalidPath("A filter stands behind an attribute, not behind a sub-attribute.");
        }
        if (!FilterParser.Parse(text[(open + 1)..close], options.Filter).TryGet(out var filter, out error))
        {
            return error;
        }
        if (tail.Length > 0)
        {
            attribute = attribute.Sub is null
                ? attribute with
                {
                    Sub = tail[1..],
                }
                // the old dotted form urn:...:User.attr[...]
                : new AttributePath($"{attribute.Urn}:{attribute.Name}", attribute.Sub, tail[1..]);
        }
        return new PatchPath(attribute, filter);
    }

    /// <summary>
    /// The attribute before the first bracket, also where the rest cannot be read; null without a bracket, or where no attribute stands
    /// there.
    /// </summary>
    internal static AttributePath? Head(string text)
    {
        var bracket = text.AsSpan().IndexOfAny('[', ']');
        return bracket >= 0 && AttributePath.Parse(text[..bracket].Trim()).TryGet(out var head, out _) ? head : null;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        ValueFilter is null
            ? Attribute.ToString()
            : $"{Attribute with { Sub = null }}[{ValueFilter}]{(Attribute.Sub is null ? "" : "." + Attribute.Sub)}";
}
