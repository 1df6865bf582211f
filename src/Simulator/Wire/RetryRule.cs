namespace UserManagement.Simulator.Wire;

/// <summary>
/// How long to wait before a request is sent again, as a directory does it: 429, 502, 503, 504 and no answer at all are tried again.
/// </summary>
/// <param name="Budget">Time that all tries of one request may take together, waiting included.</param>
/// <param name="First">Wait after the first failed try; it doubles each time.</param>
/// <param name="Longest">Upper bound of one wait that we choose ourselves; a server's Retry-After may be longer.</param>
public sealed record RetryRule(TimeSpan Budget, TimeSpan First, TimeSpan Longest)
{
    /// <summary>60 s in all, from 0.2 s doubling to 5 s.</summary>
    public static readonly RetryRule Standard = new(TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));

    /// <summary>True for an answer that asks to come again.</summary>
    /// <param name="status">HTTP status; 0 for no answer.</param>
    public static bool IsWorthRepeating(int status) => status is 0 or 429 or 502 or 503 or 504;

    /// <summary>The wait before the next try.</summary>
    /// <param name="tries">Tries made so far, at least one.</param>
    /// <param name="spent">Time since the first try began.</param>
    /// <param name="retryAfter">What the server asked for; null when it did not say.</param>
    /// <returns>The wait; null when the budget does not hold another try.</returns>
    public TimeSpan? WaitBeforeNext(int tries, TimeSpan spent, TimeSpan? retryAfter)
    {
        var doubled = First * Math.Pow(2, Math.Min(tries - 1, 16));
        var wait = retryAfter ?? (doubled < Longest ? doubled : Longest);
        return spent + wait > Budget ? null : wait;
    }
}
