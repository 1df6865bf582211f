using UserManagement.Membership;

namespace UserManagement.Identity;

/// <summary>
/// What one provider publishes, fetched by one request at a time: fresh for an hour, kept for a day while the provider
/// is away, renewed out of turn at most once a minute. Everybody who waits gets what the one fetch brought.
/// </summary>
internal sealed class Cached<T>(TimeProvider time, Func<Task<Outcome<T>>> fetch)
    where T : class
{
    /// <summary>How long it counts as fresh.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromHours(1);

    /// <summary>How long it is used while no newer one can be had.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <summary>
    /// The least time between two renewals out of turn, and between a failed fetch in turn and the next while there is an older one.
    /// </summary>
    public static readonly TimeSpan ScimRateLimiter = TimeSpan.FromMinutes(1);

    /// <summary>The least time between a failed fetch and the next when there is none, or when a newer one was asked for.</summary>
    public static readonly TimeSpan RetryAfterFailure = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Held? _held;
    private (DateTimeOffset At, Refusal Refusal)? _failed;
    private DateTimeOffset? _renewedAt;
    private bool _wanted;
    private Task<Outcome<T>>? _running;

    /// <summary>Why the last fetch brought nothing; null when it brought something.</summary>
    public Refusal? Away
    {
        get
        {
            lock (_gate)
            {
                return _failed?.Refusal;
            }
        }
    }

    /// <summary>What is held, fetched when there is none, it is not fresh, or a newer one was asked for.</summary>
    public async Task<Outcome<T>> GetAsync(CancellationToken ct)
    {
        T? old;
        Task<Outcome<T>> running;
        lock (_gate)
        {
            if (!_wanted && _running is null && _held is { } held && Age(held) < Fresh)
            {
                return held.Value;
            }

            old = _held is { } kept && Age(kept) < Longest ? kept.Value : null;
            if (
                !_wanted
                && _running is null
                && _failed is { } failed
                && time.GetUtcNow() - failed.At < (old is null ? RetryAfterFailure : ScimRateLimiter)
            )
            {
                return old is null ? failed.Refusal : old;
            }

            _renewedAt = _wanted ? time.GetUtcNow() : _renewedAt;
            _wanted = false;
            running = _running ??= Task.Run(FetchAsync, CancellationToken.None);
        }

        return (await running.WaitAsync(ct)).Is(out var fetched, out var refusal) ? fetched
            : old is null ? refusal
            : old;
    }

    /// <summary>
    /// What is held was of no use: the next <see cref="GetAsync"/> fetches anew, unless that happened a moment ago or is under way.
    /// </summary>
    public void Renew()
    {
        lock (_gate)
        {
            var pace = _failed is null ? ScimRateLimiter : RetryAfterFailure;
            _wanted |= _running is null && (_renewedAt is not { } last || time.GetUtcNow() - last >= pace);
        }
    }

    // Not with a caller's token: others wait for the same answer, and the request has its own time limit.
    private async Task<Outcome<T>> FetchAsync()
    {
        try
        {
            var outcome = await fetch();
            lock (_gate)
            {
                if (outcome.Is(out var value, out var refusal))
                {
                    _held = new(value, time.GetUtcNow());
                    _failed = null;
                }
                else
                {
                    _failed = (time.GetUtcNow(), refusal);
                }
            }

            return outcome;
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }

    private TimeSpan Age(Held held) => time.GetUtcNow() - held.At;

    private sealed record Held(T Value, DateTimeOffset At);
}
