using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Report;

/// <summary>One row of the closing table.</summary>
/// <param name="Kind">The kind of request.</param>
/// <param name="Count">How many were sent, retries not counted.</param>
/// <param name="Refused">How many ended with a status that the directory did not expect.</param>
/// <param name="Retried">How often one was sent again.</param>
/// <param name="P50">Median time of the last try.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="Max">The slowest.</param>
public sealed record TallyRow(string Kind, int Count, int Refused, int Retried, TimeSpan P50, TimeSpan P95, TimeSpan Max);

/// <summary>A reason for refusals.</summary>
/// <param name="Kind">The kind of request.</param>
/// <param name="Reason">The server's words, identifiers taken out so that like ones fall together.</param>
/// <param name="Count">How often.</param>
/// <param name="Example">One of them word for word.</param>
public sealed record RefusalRow(string Kind, string Reason, int Count, string Example);

/// <summary>Counts every request of a run by kind, with its time and why it was refused. Safe for many threads.</summary>
public sealed class Tally
{
    private readonly Lock gate = new();
    private readonly List<string> order = [];
    private readonly Dictionary<string, Kind> kinds = [];
    private int recovered;

    /// <summary>Requests answered, retries not counted.</summary>
    public int Total => Sum(k => k.Times.Count);

    /// <summary>Requests that ended with an unexpected status or without answer.</summary>
    public int Refused => Sum(k => k.Refused);

    /// <summary>How often a request was sent again.</summary>
    public int Retried => Sum(k => k.Retried);

    /// <summary>Requests whose answer was lost although they had worked.</summary>
    public int Recovered
    {
        get
        {
            lock (gate)
            {
                return recovered;
            }
        }
    }

    /// <summary>Counts one finished request.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="took">Time of its last try.</param>
    /// <param name="answer">Its answer.</param>
    public void Add(string kind, TimeSpan took, ScimAnswer answer)
    {
        lock (gate)
        {
            var row = Of(kind);
            row.Times.Add(took);
            recovered += answer.Recovered ? 1 : 0;
            if (!answer.AsExpected)
            {
                row.Refused++;
                var reason = WithoutIdentifiers(answer.Detail);
                var (count, example) = row.Reasons.GetValueOrDefault(reason, (0, answer.Detail));
                row.Reasons[reason] = (count + 1, example);
            }
        }
    }

    /// <summary>Counts one try that will be repeated.</summary>
    /// <param name="kind">Its kind.</param>
    public void AddRetry(string kind)
    {
        lock (gate)
        {
            Of(kind).Retried++;
        }
    }

    /// <summary>The rows in the order in which kinds were first met.</summary>
    public IReadOnlyList<TallyRow> Rows()
    {
        lock (gate)
        {
            return
            [
                .. order.Select(name =>
                {
                    var kind = kinds[name];
                    TimeSpan[] sorted = [.. kind.Times.Order()];
                    return new TallyRow(
                        name,
                        sorted.Length,
                        kind.Refused,
                        kind.Retried,
                        Percentile.Of(sorted, 50),
                        Percentile.Of(sorted, 95),
                        sorted.LastOrDefault()
                    );
                }),
            ];
        }
    }

    /// <summary>Why requests were refused, the most frequent first.</summary>
    public IReadOnlyList<RefusalRow> Refusals()
    {
        lock (gate)
        {
            return
            [
                .. order
                    .SelectMany(name => kinds[name].Reasons.Select(r => new RefusalRow(name, r.Key, r.Value.Count, r.Value.Example)))
                    .OrderByDescending(r => r.Count),
            ];
        }
    }

    // "User 0198... not found" and "User 0199... not found" are one reason.
    private static string WithoutIdentifiers(string detail) =>
        string.Join(
            ' ',
            detail.Split(' ').Select(word => word.Count(char.IsAsciiDigit) > 3 || word.Contains('@', StringComparison.Ordinal) ? "…" : word)
        );

    private Kind Of(string kind)
    {
        if (!kinds.TryGetValue(kind, out var row))
        {
            kinds.Add(kind, row = new Kind());
            order.Add(kind);
        }

        return row;
    }

    private int Sum(Func<Kind, int> part)
    {
        lock (gate)
        {
            return kinds.Values.Sum(part);
        }
    }

    private sealed class Kind
    {
        public List<TimeSpan> Times { get; } = [];

        public Dictionary<string, (int Count, string Example)> Reasons { get; } = [];

        public int Refused { get; set; }

        public int Retried { get; set; }
    }
}
