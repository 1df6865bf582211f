using UserManagement.Testing;

namespace UserManagement.Host.Tests.Requirements;

/// <summary>Whether a promise is kept.</summary>
internal enum PromiseState
{
    /// <summary>A test shows it.</summary>
    Kept,

    /// <summary>None shows it yet.</summary>
    Later,

    /// <summary>Advice to people, which a product can help with and cannot keep.</summary>
    Advice,
}

/// <summary>One row of <c>rows.txt</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Whether it is kept.</param>
/// <param name="Text">What is promised.</param>
/// <param name="Note">For advice what the product does for it; else empty.</param>
internal sealed record PromiseRow(string Id, PromiseState State, string Text, string Note)
{
    /// <summary>All rows in their order.</summary>
    /// <exception cref="FormatException">A line is no row.</exception>
    public static async Task<IReadOnlyList<PromiseRow>> AllAsync() =>
        [
            .. (await File.ReadAllLinesAsync(Repository.At("tests", "Host.Tests", "Requirements", "rows.txt")))
                .Where(line => line.Length > 0 && line[0] != '#')
                .Select(Read),
        ];

    private static PromiseRow Read(string line) =>
        line.Split('|') switch
        {
            [var id, "", var text] => new(id, PromiseState.Kept, text, ""),
            [var id, "later", var text] => new(id, PromiseState.Later, text, ""),
            [var id, "advice", var text, var note] => new(id, PromiseState.Advice, text, note),
            _ => throw new FormatException($"This is no row: {line}"),
        };
}
