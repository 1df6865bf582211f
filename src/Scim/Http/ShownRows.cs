namespace UserManagement.Scim.Http;

/// <summary>
/// The rows of a page that have room in one answer: a page may be shorter than <c>count</c> (RFC 7644 section 3.4.2.4), and
/// <c>itemsPerPage</c> and the cursors say so.
/// </summary>
/// <param name="First">How many rows were left out before them; only a page that is read towards the beginning is cut there.</param>
/// <param name="Resources">The resources of those rows.</param>
internal sealed record ShownRows(int First, IReadOnlyList<IShown> Resources)
{
    /// <summary>The slice of rows that is shown.</summary>
    public Cut<T> Of<T>(IReadOnlyList<T> rows, bool goesOn) =>
        new([.. rows.Skip(First).Take(Resources.Count)], goesOn || Resources.Count < rows.Count);
}
