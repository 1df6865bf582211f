namespace UserManagement.Simulator.Report;

/// <summary>One line of "what the server should hold and what it holds".</summary>
/// <param name="What">What is counted.</param>
/// <param name="Should">How many the directory holds.</param>
/// <param name="Holds">How many the server shows.</param>
/// <param name="Differs">How many are wrong; equal counts can still differ one by one.</param>
public sealed record ComparisonRow(string What, int Should, int Holds, int Differs);

/// <summary>The directory's own model against what a crawl of the server showed.</summary>
/// <param name="Rows">Counts.</param>
/// <param name="Differences">Each difference as a sentence with the name.</param>
public sealed record Comparison(IReadOnlyList<ComparisonRow> Rows, IReadOnlyList<string> Differences)
{
    /// <summary>True when the server holds exactly what it should.</summary>
    public bool Agrees => Differences.Count == 0;
}
