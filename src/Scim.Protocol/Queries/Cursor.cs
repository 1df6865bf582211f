namespace UserManagement.Scim.Protocol.Queries;

/// <summary>The direction that a cursor leads in.</summary>
public enum CursorKind
{
    /// <summary>To what comes after the position.</summary>
    Next = 1,

    /// <summary>To what comes before the position.</summary>
    Previous = 2,
}

/// <summary>
/// A place between two pages of a query (RFC 9865). It grants nothing: the query it belongs to is authorized anew each
/// time. Written and read by <see cref="CursorSeal"/>.
/// </summary>
/// <param name="Kind">The direction.</param>
/// <param name="Position">
/// The storage side's own words for the place, such as the last key and id of the page. At most <see cref="MaxPosition"/> bytes.
/// </param>
/// <param name="Count">The page size of the first query, which must stay.</param>
/// <param name="IssuedAt">When it was made; kept in whole seconds.</param>
public sealed record Cursor(CursorKind Kind, ReadOnlyMemory<byte> Position, int Count, DateTimeOffset IssuedAt)
{
    /// <summary>Longest position, in bytes: a key of 512 characters and an id find room.</summary>
    public const int MaxPosition = 3 * 1024;
}
