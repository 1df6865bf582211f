namespace UserManagement.Scim.Protocol.Filters;

/// <summary>How a filter is read, and how much of it.</summary>
public sealed record FilterOptions
{
    /// <summary>Tolerant reading with the default caps.</summary>
    public static FilterOptions Default { get; } = new();

    /// <summary>
    /// By the letter of the RFC: values are JSON. Otherwise a bare word counts as a string, as in Entra's documented
    /// <c>externalId eq jyoung</c>, and so does the text between other quotation marks (<c>userName eq 'ada'</c>).
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>Longest filter, in characters.</summary>
    public int MaxLength { get; init; } = 8 * 1024;

    /// <summary>Deepest nesting of parentheses, <c>not</c> and brackets.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Most comparisons in one filter.</summary>
    public int MaxTerms { get; init; } = 200;
}
