using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Protocol.Queries;

/// <summary>How a query is read, and how much of it.</summary>
public sealed record QueryOptions
{
    /// <summary>Tolerant reading with the default caps.</summary>
    public static QueryOptions Default { get; } = new();

    /// <summary>By the letter of the RFC with the default caps.</summary>
    public static QueryOptions ByTheLetter { get; } =
        new()
        {
            Strict = true,
            Filter = new FilterOptions { Strict = true },
        };

    /// <summary>
    /// By the letter of the RFC: unknown keys of a body, an empty filter and a cursor beside a start index are refused.
    /// Otherwise they are passed over, and numbers and lists may come as strings.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>How the filter is read; set its strictness too.</summary>
    public FilterOptions Filter { get; init; } = FilterOptions.Default;

    /// <summary>Page size when the client names none.</summary>
    public int DefaultCount { get; init; } = Paging.DefaultCount;

    /// <summary>Largest page.</summary>
    public int MaxCount { get; init; } = Paging.MaxCount;

    /// <summary>Most names in <c>attributes</c> or <c>excludedAttributes</c>.</summary>
    public int MaxAttributes { get; init; } = 200;
}
