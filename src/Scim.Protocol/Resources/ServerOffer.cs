using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Bulk;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>The optional parts of the protocol that a door offers, for /ServiceProviderConfig (RFC 7643, section 5).</summary>
public sealed record ServerOffer
{
    /// <summary>A page for people, or null.</summary>
    public Uri? Documentation { get; init; }

    /// <summary>The largest page.</summary>
    public int MaxResults { get; init; } = Paging.MaxCount;

    /// <summary>Whether <c>sortBy</c> works.</summary>
    public bool Sort { get; init; }

    /// <summary>
    /// The limits of /Bulk, or null where there is no /Bulk. The file's numbers are then shown: authentik reads them all the same.
    /// </summary>
    public BulkLimits? Bulk { get; init; }

    /// <summary>How lists are paged, or null to leave the block out for clients that dislike what RFC 7643 did not know.</summary>
    public PaginationOffer? Pagination { get; init; }
}

/// <summary>The block <c>pagination</c> (RFC 9865, section 4). Index paging is always there and stays the default.</summary>
public sealed record PaginationOffer
{
    /// <summary>Page size when the client names none.</summary>
    public int DefaultPageSize { get; init; } = Paging.DefaultCount;

    /// <summary>The largest page.</summary>
    public int MaxPageSize { get; init; } = Paging.MaxCount;

    /// <summary>How long a cursor is honoured; null for no limit. Shown in whole seconds.</summary>
    public TimeSpan? CursorTimeout { get; init; }

    /// <summary>The block.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["cursor"] = true,
            ["index"] = true,
            ["defaultPaginationMethod"] = "index",
            ["defaultPageSize"] = DefaultPageSize,
            ["maxPageSize"] = MaxPageSize,
        };
        if (CursorTimeout is { } timeout)
        {
            json["cursorTimeout"] = (long)timeout.TotalSeconds;
        }
        return json;
    }
}
