using System.Text.Encodings.Web;
using System.Text.Json;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Report;

/// <summary>Something a directory relies on beyond the status of an answer.</summary>
/// <param name="Id">Short and stable, e.g. <c>E9</c>.</param>
/// <param name="Says">The rule as a sentence.</param>
/// <param name="Why">What goes wrong in a directory when a server breaks it.</param>
public sealed record Rule(string Id, string Says, string Why);

/// <summary>How often a rule was tried and broken.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Tried">How often it was looked at.</param>
/// <param name="Broken">How often it did not hold.</param>
/// <param name="FirstSeen">What was seen the first time it did not hold; null when it always held.</param>
public sealed record Finding(Rule Rule, int Tried, int Broken, string? FirstSeen)
{
    /// <summary>The request of that time, with its body; null when it always held or no single request shows it.</summary>
    public string? Sent { get; init; }

    /// <summary>The answer of that time, status and body; null as above.</summary>
    public string? CameBack { get; init; }
}

/// <summary>Collects, rule by rule, whether a server did what a directory relies on. Safe for many threads.</summary>
public sealed class Expectations
{
    private const int MostShown = 400;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock gate = new();
    private readonly Dictionary<Rule, Finding> findings = [];

    /// <summary>All rules that were tried, in the order of their ids.</summary>
    public IReadOnlyList<Finding> Findings
    {
        get
        {
            lock (gate)
            {
                return [.. findings.Values.OrderBy(f => f.Rule.Id, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The rules that did not hold at least once.</summary>
    public IReadOnlyList<Finding> Broken => [.. Findings.Where(f => f.Broken > 0)];

    /// <summary>Notes whether the rule held this time.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="holds">Whether it held.</param>
    /// <param name="saw">What was seen, for the report; kept only when it did not hold.</param>
    /// <param name="answer">The exchange that shows it; null when no single one does.</param>
    public void Check(Rule rule, bool holds, string saw, ScimAnswer? answer = null)
    {
        lock (gate)
        {
            var finding = findings.GetValueOrDefault(rule, new Finding(rule, 0, 0, null));
            finding = finding with { Tried = finding.Tried + 1, Broken = finding.Broken + (holds ? 0 : 1) };
            findings[rule] =
                holds || finding.FirstSeen is not null
                    ? finding
                    : finding with
                    {
                        FirstSeen = saw,
                        Sent = answer?.Request is { } request
                            ? Short($"{request.Method} {Uri.UnescapeDataString(request.Path)} {request.Body?.ToJsonString(Readable)}")
                            : null,
                        CameBack = answer is null ? null : Short(answer.Status == 0 ? "no answer" : $"{answer.Status} {answer.Text}"),
                    };
        }
    }

    private static string Short(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        return line.Length > MostShown ? line[..MostShown] + " ..." : line;
    }
}
