namespace UserManagement.Scim.Http;

/// <summary>
/// How many requests somebody may send: so many a second, and what was left over for a while at once. It may go into
/// debt: who asked for much in one request waits until that is paid off.
/// </summary>
/// <param name="size">The most that is saved up; what there is at the start.</param>
/// <param name="perSecond">What comes in.</param>
/// <param name="now">The start.</param>
internal sealed class TokenBucket(double size, double perSecond, DateTimeOffset now)
{
    private readonly Lock _gate = new();
    private double _used;
    private DateTimeOffset _at = now;

    /// <summary>Takes one. Zero when it was there; else, with nothing taken, how long until it is.</summary>
    public TimeSpan Take(DateTimeOffset now) => Take(now, 1);

    /// <summary>Whether there is one to be taken: zero, or how long until there is.</summary>
    public TimeSpan Look(DateTimeOffset now) => Take(now, 0);

    /// <summary>Takes so many whether they are there or not.</summary>
    public void Charge(DateTimeOffset now, double many)
    {
        lock (_gate)
        {
            Fill(now);
            _used += many;
        }
    }

    /// <summary>Whether nothing of it is used, so that it need not be kept.</summary>
    public bool IsFull(DateTimeOffset now)
    {
        lock (_gate)
        {
            Fill(now);
            return _used <= 0;
        }
    }

    private TimeSpan Take(DateTimeOffset now, double many)
    {
        lock (_gate)
        {
            Fill(now);
            if (_used + 1 > size)
            {
                return TimeSpan.FromSeconds(Math.Max(1, (_used + 1 - size) / perSecond));
            }

            _used += many;
            return TimeSpan.Zero;
        }
    }

    private void Fill(DateTimeOffset now)
    {
        _used = Math.Max(0, _used - (Math.Max(0, (now - _at).TotalSeconds) * perSecond));
        _at = now;
    }
}
