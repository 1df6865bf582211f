using System.Security.Cryptography;
using System.Text;
using UserManagement.Scim.Protocol.Filters;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Queries;

/// <summary>
/// What a client asks of a list, whether in the address (RFC 7644, section 3.4.2) or in a body (section 3.4.3). Its form
/// is good; what it means for a resource type is asked of <see cref="FilterCheck"/>, <see cref="Sort"/> and
/// <see cref="Resources.Projection"/>. Read by <see cref="SearchRequest"/>.
/// </summary>
public sealed record Query
{
    /// <summary>The filter, or null for all resources.</summary>
    public Filter? Filter { get; init; }

    /// <summary>The attribute to order by, or null for the server's own order.</summary>
    public AttributePath? SortBy { get; init; }

    /// <summary>The direction; means nothing without <see cref="SortBy"/>.</summary>
    public SortOrder SortOrder { get; init; }

    /// <summary>The first result, counted from 1; means nothing when <see cref="IsByCursor"/>.</summary>
    public int StartIndex { get; init; } = 1;

    /// <summary>How many results at most, already cut to the largest page; 0 asks for the total alone.</summary>
    public int Count { get; init; } = Resources.Paging.DefaultCount;

    /// <summary>The cursor (RFC 9865): null where pages are counted, empty for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>The names in <c>attributes</c>; empty when not given.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>The names in <c>excludedAttributes</c>; empty when not given.</summary>
    public IReadOnlyList<string> ExcludedAttributes { get; init; } = [];

    /// <summary>True when the client pages by cursor.</summary>
    public bool IsByCursor => Cursor is not null;

    /// <summary>The part of the list, where pages are counted.</summary>
    public Paging Paging => new(StartIndex, Count);

    /// <summary>Which attributes an answer has for a type; the names were found usable before.</summary>
    public ScimResult<Projection> Projection(ScimResourceType type) =>
        Resources.Projection.Read(string.Join(',', Attributes), string.Join(',', ExcludedAttributes), type);

    /// <summary>
    /// 16 bytes over everything that must stay the same from page to page (RFC 9865, section 2) except the page size:
    /// filter, order, attributes, and the place that is asked.
    /// </summary>
    /// <param name="scope">The place: the workspace and the endpoint, so that a cursor opens no other.</param>
    public byte[] Fingerprint(string scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        // lengths in front: no two lists of parts give the same bytes
        var text = new StringBuilder();
        foreach (
            var part in new[]
            {
                scope,
                Filter?.ToString() ?? "",
                SortBy is null ? "" : TextOrder.Fold(SortBy.ToString()),
                SortBy is null ? "" : SortOrder.ToString(),
                TextOrder.Fold(string.Join(',', Attributes)),
                TextOrder.Fold(string.Join(',', ExcludedAttributes)),
            }
        )
        {
            text.Append(part.Length).Append(':').Append(part);
        }
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..16];
    }
}
