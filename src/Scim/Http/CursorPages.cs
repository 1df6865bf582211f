using System.Buffers.Binary;
using UserManagement.Membership.Data;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;

namespace UserManagement.Scim.Http;

/// <summary>Which rows a page by cursor has, in the order of their ids.</summary>
/// <param name="Kind">The direction.</param>
/// <param name="From">The id that the page begins after, or ends before; null for the first rows, or the last ones.</param>
/// <param name="Count">How many at most; 0 asks for the total alone.</param>
internal sealed record Slice(CursorKind Kind, Guid? From, int Count)
{
    /// <summary>Whether these are the first rows of all.</summary>
    public bool IsFirst => Kind == CursorKind.Next && From is null;
}

/// <summary>What a slice held.</summary>
/// <param name="Rows">The rows, in the order of their ids whatever the direction.</param>
/// <param name="GoesOn">Whether there are more in the direction of the slice.</param>
internal sealed record Cut<T>(IReadOnlyList<T> Rows, bool GoesOn);

/// <summary>
/// Paging by cursor (RFC 9865): a cursor names the id at the edge of its page, so that every page costs the same and rows
/// that come and go move no others. An empty position stands for the end that the direction comes from.
/// </summary>
internal sealed class CursorPages(Store store)
{
    /// <summary>How long a cursor is honoured. Each page brings fresh ones; a crawl may take any time.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private CursorSeal? _seal; // made when it is first asked for: the database may be away before

    private CursorSeal Seal => _seal ??= new(store.Box.EnduringKeyOf("scim cursor"));

    /// <summary>The rows that a query by cursor asks for. Refusals: 400 invalidCursor, expiredCursor, invalidCount.</summary>
    public ScimResult<Slice> Read(ScimCall call, ScimResourceType type, Query query)
    {
        if (query.Cursor is null or "")
        {
            return new Slice(CursorKind.Next, null, query.Count);
        }

        return Seal.Read(query, Scope(call, type), store.Time.GetUtcNow(), Lifetime).TryGet(out var cursor, out var error)
            ? new Slice(cursor.Kind, cursor.Position.IsEmpty ? null : new Guid(cursor.Position.Span), query.Count)
            : error;
    }

    /// <summary>The answer: the cursors stand at the edges of what was found.</summary>
    public ScimAnswer Show<T>(
        ScimCall call,
        ScimResourceType type,
        Query query,
        Slice slice,
        Cut<T> cut,
        Func<T, Guid> id,
        long total,
        IReadOnlyList<IShown> resources
    )
    {
        var forward = slice.Kind == CursorKind.Next;
        var hasNext = slice.Count > 0 && (forward ? cut.GoesOn : true);
        var hasPrevious = slice.Count > 0 && (forward ? slice.From is not null : cut.GoesOn);
        string? At(CursorKind kind, bool isThere, int row) =>
            !isThere
                ? null
                : Seal.Write(
                    new Cursor(
                        kind,
                        cut.Rows.Count == 0 ? default(ReadOnlyMemory<byte>) : id(cut.Rows[row]).ToByteArray(),
                        query.Count,
                        store.Time.GetUtcNow()
                    ),
                    query,
                    Scope(call, type)
                );
        return ScimAnswer.Ok(
            ShownPage.Of(
                ListResponse.ByCursor(total, [], At(CursorKind.Next, hasNext, cut.Rows.Count - 1), At(CursorKind.Previous, hasPrevious, 0)),
                resources
            )
        );
    }

    /// <summary>
    /// The rows that a query by cursor asks for where they have an order of their own: such a cursor counts them, since a
    /// row that changes its place in the order would take the edge with it. Refusals: as <see cref="Read"/>.
    /// </summary>
    /// <param name="call">The request.</param>
    /// <param name="place">Which list it is.</param>
    /// <param name="query">The query.</param>
    public ScimResult<Window> ReadCounted(ScimCall call, string place, Query query)
    {
        if (query.Cursor is null or "")
        {
            return new Window(0, query.Count);
        }

        if (!Seal.Read(query, call.Workspace + place, store.Time.GetUtcNow(), Lifetime).TryGet(out var cursor, out var error))
        {
            return error;
        }

        var at = BinaryPrimitives.ReadInt32BigEndian(cursor.Position.Span);
        return cursor.Kind == CursorKind.Next || at == 0
            ? new Window(at, query.Count)
            : new Window(Math.Max(0, at - query.Count), Math.Min(at, query.Count), IsBack: true);
    }

    /// <summary>
    /// The answer for <see cref="ReadCounted"/>: a next page begins where this one ends, a previous one ends where it begins.
    /// </summary>
    public ScimAnswer ShowCounted(ScimCall call, string place, Query query, Window window, long total, ShownRows shown)
    {
        string At(CursorKind kind, int offset)
        {
            var position = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(position, offset);
            return Seal.Write(new Cursor(kind, position, query.Count, store.Time.GetUtcNow()), query, call.Workspace + place);
        }

        var begin = window.Offset + shown.First;
        var end = shown.Resources.Count == 0 ? window.Offset + window.Count : begin + shown.Resources.Count;
        return ScimAnswer.Ok(
            ShownPage.Of(
                ListResponse.ByCursor(
                    total,
                    [],
                    window.Count > 0 && end < total ? At(CursorKind.Next, end) : null,
                    window.Count > 0 && begin > 0 ? At(CursorKind.Previous, begin) : null
                ),
                shown.Resources
            )
        );
    }

    /// <summary>A cursor opens the list of its workspace and its type, no other.</summary>
    private static string Scope(ScimCall call, ScimResourceType type) => call.Workspace + type.Endpoint;
}
