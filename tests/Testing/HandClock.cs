namespace UserManagement.Testing;

/// <summary>
/// A clock that a test moves by hand. Time stands still until <see cref="Advance"/> or <see cref="MoveTo"/>; timers, and with
/// them <c>Task.Delay(…, clock)</c>, <c>PeriodicTimer</c> and <c>CancellationTokenSource(delay, clock)</c>, fire on the way,
/// in the order of their due times, each seeing its own due time as now. Safe for use by many threads.
/// </summary>
public sealed class HandClock : TimeProvider
{
    /// <summary>Where a clock starts unless told otherwise: a working day's morning, whole milliseconds.</summary>
    public static readonly DateTimeOffset Morning = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly Lock gate = new();
    private readonly List<HandTimer> timers = [];
    private readonly DateTimeOffset start;
    private DateTimeOffset now;
    private long order;

    /// <summary>A clock standing at <see cref="Morning"/>.</summary>
    public HandClock()
        : this(Morning) { }

    /// <summary>A clock standing at <paramref name="start"/>.</summary>
    public HandClock(DateTimeOffset start)
    {
        this.start = start.ToUniversalTime();
        now = this.start;
    }

    /// <summary>The time now; the same until somebody advances it.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (gate)
            {
                return now;
            }
        }
    }

    /// <summary>How many timers wait, as a proof that the code under test has reached its delay.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return timers.Count(timer => timer.Due is not null);
            }
        }
    }

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => Now;

    /// <inheritdoc />
    public override long GetTimestamp() => (Now - start).Ticks;

    /// <summary>Moves time forward and fires what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        MoveTo(Now + by);
    }

    /// <summary>Moves time forward to <paramref name="then"/> and fires what falls due on the way. A clock never goes back.</summary>
    public void MoveTo(DateTimeOffset then)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(then, Now);
        while (TakeNextDue(then) is { } fire)
        {
            fire();
        }
    }

    /// <summary>Waits, in real time, until at least <paramref name="count"/> timers wait; then it is safe to advance.</summary>
    /// <exception cref="TimeoutException">After <see cref="Until.Longest"/>.</exception>
    public Task UntilWaitingAsync(int count = 1) => Until.TrueAsync(() => Waiting >= count, $"{count} timers wait for this clock");

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new HandTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    // Moves to the next due time up to the limit and returns what to call there, outside the lock; null when the limit is reached.
    private Action? TakeNextDue(DateTimeOffset limit)
    {
        lock (gate)
        {
            var next = timers.Where(timer => timer.Due <= limit).OrderBy(timer => timer.Due).ThenBy(timer => timer.Order).FirstOrDefault();
            if (next is null)
            {
                now = limit > now ? limit : now;
                return null;
            }

            now = next.Due!.Value > now ? next.Due.Value : now;
            next.Due = next.Period is { } period ? now + period : null;
            next.Order = order++;
            return next.Fire;
        }
    }

    private sealed class HandTimer(HandClock clock, Action fire) : ITimer
    {
        private bool disposed;

        public Action Fire { get; } = fire;

        public DateTimeOffset? Due { get; set; }

        public TimeSpan? Period { get; private set; }

        public long Order { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool atOnce;
            lock (clock.gate)
            {
                if (disposed)
                {
                    return false;
                }

                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.now + dueTime;
                Period = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : period;
                Order = clock.order++;
                if (!clock.timers.Contains(this))
                {
                    clock.timers.Add(this);
                }

                atOnce = dueTime == TimeSpan.Zero;
                if (atOnce)
                {
                    Due = Period is { } every ? clock.now + every : null;
                }
            }

            if (atOnce)
            {
                // As the system's timers do: on another thread, not inside the caller's stack.
                ThreadPool.QueueUserWorkItem(static run => run(), Fire, preferLocal: false);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                disposed = true;
                Due = null;
                clock.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
