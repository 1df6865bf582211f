using System.Collections.Concurrent;

namespace UserManagement.Drills.Failover;

/// <summary>How a write ended for who sent it.</summary>
internal enum Ending
{
    /// <summary>201: it is there, whatever happens.</summary>
    Acknowledged,

    /// <summary>503 with Retry-After: asked to come again. It may be there.</summary>
    Refused,

    /// <summary>No answer. It may be there.</summary>
    Unknown,

    /// <summary>No connection: it was never sent.</summary>
    Unsent,

    /// <summary>Any other answer.</summary>
    Wrong,
}

/// <summary>One write.</summary>
/// <param name="UserName">Whom it makes; each write makes somebody else.</param>
/// <param name="Server">Which server was asked.</param>
/// <param name="Sent">When, since the run's beginning.</param>
/// <param name="Took">How long until the end.</param>
/// <param name="Ending">The end.</param>
/// <param name="Told">What was answered, where it is wrong.</param>
internal sealed record LedgerLine(string UserName, int Server, TimeSpan Sent, TimeSpan Took, Ending Ending, string Told);

/// <summary>What the clients know, to be compared with the database afterwards.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<LedgerLine> _lines = new();

    /// <summary>All writes.</summary>
    public IReadOnlyCollection<LedgerLine> Lines => _lines;

    /// <summary>Notes one.</summary>
    public void Add(LedgerLine line) => _lines.Enqueue(line);

    /// <summary>How many ended so.</summary>
    public int Count(Ending ending) => _lines.Count(line => line.Ending == ending);

    /// <summary>The longest that somebody waited for an answer.</summary>
    public TimeSpan LongestWait() => _lines.IsEmpty ? TimeSpan.Zero : _lines.Max(l => l.Took);

    /// <summary>The longest time in which no write was acknowledged, from the first to the last that was.</summary>
    public TimeSpan LongestGap()
    {
        var done = _lines.Where(l => l.Ending == Ending.Acknowledged).Select(l => l.Sent + l.Took).Order().ToList();
        return done.Count < 2 ? TimeSpan.MaxValue : done.Zip(done.Skip(1), (one, next) => next - one).Max();
    }
}
