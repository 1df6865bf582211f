using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using UserManagement.Simulator.Report;

namespace UserManagement.Simulator.Commands;

/// <summary>What a run has shown.</summary>
/// <param name="Directory">The directory that ran, <c>okta</c>.</param>
/// <param name="Tally">The requests.</param>
/// <param name="Expectations">The rules.</param>
/// <param name="Comparison">The server against the directory; null when the run stopped before.</param>
/// <param name="Took">Time of the whole run.</param>
/// <param name="Stopped">Why the run stopped early; null when it went through.</param>
public sealed record RunReport(
    string Directory,
    Tally Tally,
    Expectations Expectations,
    Comparison? Comparison,
    TimeSpan Took,
    string? Stopped
)
{
    private const int DifferencesShown = 20;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>True when nothing was refused, no rule was broken and the server holds what it should.</summary>
    public bool AllMet => Stopped is null && Tally.Refused == 0 && Expectations.Broken.Count == 0 && Comparison is { Agrees: true };

    /// <summary>Prints the tables.</summary>
    /// <param name="screen">Where to.</param>
    public void Print(Screen screen)
    {
        PrintRequests(screen);
        PrintRefusals(screen);
        PrintRules(screen);
        PrintComparison(screen);
        var sum = string.Create(
            CultureInfo.InvariantCulture,
            $"{TextTable.Count(Tally.Total)} requests in {Took.TotalSeconds:0.0} s "
                + $"({Tally.Total / Math.Max(0.001, Took.TotalSeconds):0}/s), {Tally.Refused} refused, {Tally.Retried} tried again, "
                + $"{Tally.Recovered} recovered"
        );
        screen.Writer.WriteLine($"\n{sum}");
        if (Stopped is not null)
        {
            screen.Bad($"Stopped: {Stopped}");
        }
        else if (AllMet)
        {
            screen.Good("Everything as expected.");
        }
        else
        {
            screen.Bad(
                $"Not as expected: {Tally.Refused} refused, {Expectations.Broken.Count} rules broken, "
                    + $"{Comparison?.Differences.Count ?? 0} differences."
            );
        }
    }

    private void PrintRequests(Screen screen)
    {
        screen.Head("Requests");
        var table = new TextTable("kind", "count", "refused", "retried", "p50 ms", "p95 ms", "max ms");
        foreach (var row in Tally.Rows())
        {
            table.Add(
                row.Kind,
                TextTable.Count(row.Count),
                TextTable.Count(row.Refused),
                TextTable.Count(row.Retried),
                TextTable.Milliseconds(row.P50),
                TextTable.Milliseconds(row.P95),
                TextTable.Milliseconds(row.Max)
            );
        }

        screen.Writer.Write(table);
    }

    private void PrintRefusals(Screen screen)
    {
        if (Tally.Refusals() is not { Count: > 0 } refusals)
        {
            return;
        }

        screen.Head("Refused, and why");
        foreach (var refusal in refusals)
        {
            screen.Bad(
                $"  {TextTable.Count(refusal.Count).PadLeft(5)} x {refusal.Kind}: {(refusal.Count == 1 ? refusal.Example : refusal.Reason)}"
            );
        }
    }

    private void PrintRules(Screen screen)
    {
        var broken = Expectations.Broken;
        screen.Head($"Rules: {Expectations.Findings.Count} tried, {broken.Count} broken");
        foreach (var finding in broken)
        {
            screen.Bad($"  {finding.Rule.Id} broken {finding.Broken} of {finding.Tried} times: {finding.Rule.Says}");
            screen.Writer.WriteLine($"      why it matters: {finding.Rule.Why}");
            screen.Writer.WriteLine($"      first seen: {finding.FirstSeen}");
            if (finding is { Sent: { } sent, CameBack: { } back })
            {
                screen.Writer.WriteLine($"      sent:       {sent}");
                screen.Writer.WriteLine($"      came back:  {back}");
            }
        }
    }

    private void PrintComparison(Screen screen)
    {
        if (Comparison is null)
        {
            return;
        }

        screen.Head("What the server holds");
        var table = new TextTable("", "should hold", "holds", "differs");
        foreach (var row in Comparison.Rows)
        {
            table.Add(row.What, TextTable.Count(row.Should), TextTable.Count(row.Holds), TextTable.Count(row.Differs));
        }

        screen.Writer.Write(table);
        foreach (var difference in Comparison.Differences.Take(DifferencesShown))
        {
            screen.Bad($"  {difference}");
        }

        if (Comparison.Differences.Count > DifferencesShown)
        {
            screen.Writer.WriteLine($"  ... and {TextTable.Count(Comparison.Differences.Count - DifferencesShown)} more");
        }
    }

    /// <summary>Writes the report as JSON; times are milliseconds.</summary>
    /// <param name="path">The file, replaced when it exists.</param>
    /// <param name="options">The run's options; the token is left out.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task WriteJsonAsync(string path, SimulateOptions options, CancellationToken cancellationToken)
    {
        var report = new
        {
            allMet = AllMet,
            stopped = Stopped,
            directory = Directory,
            dialect = Directory != "entra" ? null
            : options.Dialect == Entra.EntraDialect.Scim ? "scim"
            : "legacy",
            app = Directory != "okta" ? null
            : options.App == Okta.OktaApp.Custom ? "custom"
            : "catalog",
            options.Users,
            options.Groups,
            options.Seed,
            options.Cycles,
            options.Parallel,
            options.Keep,
            scenario = options.Played.Name,
            seconds = Took.TotalSeconds,
            total = Tally.Total,
            refused = Tally.Refused,
            retried = Tally.Retried,
            recovered = Tally.Recovered,
            requests = Tally
                .Rows()
                .Select(r => new
                {
                    r.Kind,
                    r.Count,
                    r.Refused,
                    r.Retried,
                    p50 = r.P50.TotalMilliseconds,
                    p95 = r.P95.TotalMilliseconds,
                    max = r.Max.TotalMilliseconds,
                }),
            refusals = Tally.Refusals(),
            rules = Expectations.Findings,
            comparison = Comparison?.Rows,
            differences = Comparison?.Differences,
        };
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(report, Json) + "\n", cancellationToken);
    }
}
