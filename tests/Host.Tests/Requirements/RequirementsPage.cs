using System.Globalization;
using System.Text;

namespace UserManagement.Host.Tests.Requirements;

/// <summary><c>docs/requirements.md</c> as text.</summary>
internal static class RequirementsPage
{
    private static readonly (string Prefix, string Title)[] Parts =
    [
        ("B", "The brief"),
        ("S0", "Preset licensed"),
        ("S1", "Preset ranked"),
        ("S2", "Preset csv"),
        ("S3", "Preset provider"),
        ("S4", "Preset seats"),
    ];

    /// <summary>The page: what is kept and by which tests, what is advice, what is still to come.</summary>
    public static string Write(IReadOnlyList<PromiseRow> rows, IReadOnlyDictionary<string, IReadOnlyList<string>> shown)
    {
        var page = new StringBuilder();
        page.Append(
            CultureInfo.InvariantCulture,
            $"""
            # What is promised, and which test shows it

            Made from `tests/Host.Tests/Requirements/rows.txt` and the attribute `Shows` of the tests; `RequirementsTests` holds it true and says how to
            renew it. Each row is a promise of the product's brief or of the manual that a preset follows. `./test ROOM --filter-trait "Shows=S4-20"`
            runs what shows a row.

            {rows.Count} rows: {Count(rows, PromiseState.Kept)} shown by tests, {Count(rows, PromiseState.Advice)} advice, {Count(
                rows,
                PromiseState.Later
            )} still to come.

            """
        );
        foreach (var (prefix, title) in Parts)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| row | promise | shown by |\n|---|---|---|\n");
            foreach (var row in rows.Where(r => r.Id.StartsWith(prefix + "-", StringComparison.Ordinal)))
            {
                page.Append(CultureInfo.InvariantCulture, $"| {row.Id} | {row.Text} | {Evidence(row, shown)} |\n");
            }
        }

        return page.ToString();
    }

    private static int Count(IReadOnlyList<PromiseRow> rows, PromiseState state) => rows.Count(r => r.State == state);

    private static string Evidence(PromiseRow row, IReadOnlyDictionary<string, IReadOnlyList<string>> shown) =>
        row.State switch
        {
            PromiseState.Advice => $"advice: {row.Note}",
            PromiseState.Later => "still to come",
            _ => string.Join("<br>", shown.GetValueOrDefault(row.Id, []).Select(test => $"`{test}`")),
        };
}
