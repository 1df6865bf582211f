namespace UserManagement.Api.Http;

/// <summary>One page of a list.</summary>
internal sealed record ListJson<T>
{
    /// <summary>The items, in their order.</summary>
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>The cursor of the next page; null on the last.</summary>
    public string? NextCursor { get; init; }

    /// <summary>The cursor of the page before; null on the first, and where a list leads on only.</summary>
    public string? PreviousCursor { get; init; }

    /// <summary>How many items there are on all pages; null where that is not counted.</summary>
    public long? Total { get; init; }

    /// <summary>Whether the total is exact; otherwise there are at least so many.</summary>
    public bool TotalIsExact { get; init; }
}
