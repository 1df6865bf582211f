using Xunit.v3;

namespace UserManagement.Testing;

/// <summary>
/// Names the promises that a test shows: rows of <c>tests/Host.Tests/Requirements/rows.txt</c>, from which and from this attribute
/// <c>docs/requirements.md</c> is made. Also a trait: <c>--filter-trait "Shows=S4-20"</c> runs what shows a row.
/// </summary>
/// <param name="rows">Ids of rows, each shown whole, not in part.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShowsAttribute(params string[] rows) : Attribute, ITraitAttribute
{
    /// <summary>The ids.</summary>
    public IReadOnlyList<string> Rows { get; } = rows;

    /// <inheritdoc />
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. Rows.Select(row => KeyValuePair.Create("Shows", row))];
}
