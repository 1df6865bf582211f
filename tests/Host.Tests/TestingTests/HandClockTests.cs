using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public class HandClockTests
{
    private readonly HandClock clock = new();

    [Fact]
    public async Task Time_stands_still_until_it_is_advanced()
    {
        var stamp = clock.GetTimestamp();
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(HandClock.Morning, clock.GetUtcNow());

        clock.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal(HandClock.Morning.AddMinutes(3), clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromMinutes(3), clock.GetElapsedTime(stamp));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_and_see_that_time()
    {
        List<(string, TimeSpan)> fired = [];
        using var late = clock.CreateTimer(
            _ => fired.Add(("late", clock.Now - HandClock.Morning)),
            null,
            TimeSpan.FromSeconds(9),
            Timeout.InfiniteTimeSpan
        );
        using var early = clock.CreateTimer(
            _ => fired.Add(("early", clock.Now - HandClock.Morning)),
            null,
            TimeSpan.FromSeconds(2),
            TimeSpan.FromSeconds(5)
        );

        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal([("early", TimeSpan.FromSeconds(2)), ("early", TimeSpan.FromSeconds(7)), ("late", TimeSpan.FromSeconds(9))], fired);
        Assert.Equal(HandClock.Morning.AddSeconds(10), clock.Now);
    }

    [Fact]
    public void A_disposed_timer_does_not_fire()
    {
        var fired = false;
        clock.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan).Dispose();
        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(fired);
        Assert.Equal(0, clock.Waiting);
    }

    [Fact]
    public async Task A_delay_ends_when_the_clock_reaches_it_and_not_before()
    {
        var delay = Task.Delay(TimeSpan.FromHours(1), clock, TestContext.Current.CancellationToken);
        await clock.UntilWaitingAsync();
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.False(delay.IsCompleted);
        clock.Advance(TimeSpan.FromMinutes(1));
        await delay.WaitAsync(Until.Longest, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_periodic_timer_ticks_with_the_clock()
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        for (var tick = 0; tick < 3; tick++)
        {
            var next = ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken).AsTask();
            Assert.False(next.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await next.WaitAsync(Until.Longest, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void A_timeout_on_the_clock_cancels_at_its_time()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), clock);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(limit.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limit.IsCancellationRequested);
    }

    [Fact]
    public void The_clock_never_goes_back() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.MoveTo(HandClock.Morning.AddTicks(-1)));
}
