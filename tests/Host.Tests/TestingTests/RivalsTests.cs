using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public class RivalsTests
{
    [Fact]
    public async Task All_rivals_are_under_way_before_the_first_one_ends()
    {
        var started = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var outcomes = await Rivals.RaceAsync(
            200,
            async _ =>
            {
                if (Interlocked.Increment(ref started) == 200)
                {
                    all.SetResult();
                }

                await all.Task.WaitAsync(Until.Longest, TestContext.Current.CancellationToken);
                return Volatile.Read(ref started);
            }
        );
        Assert.All(outcomes, outcome => Assert.Equal(200, outcome.Required));
    }

    [Fact]
    public async Task A_rival_that_throws_is_an_outcome_and_stops_nobody()
    {
        var outcomes = await Rivals.RaceAsync(
            10,
            number => number == 3 ? throw new InvalidOperationException("lost") : Task.FromResult(number * 2)
        );
        Assert.Equal(10, outcomes.Count);
        Assert.Equal("lost", Assert.Single(outcomes, outcome => outcome.Fault is not null).Fault!.Message);
        Assert.Equal(8, outcomes[4].Required);
        Assert.Throws<InvalidOperationException>(() => outcomes[3].Required);
    }

    [Fact]
    public async Task A_race_shows_a_lost_update()
    {
        var (counter, readers) = (0, 0);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Rivals.RaceAsync(
            50,
            async _ =>
            {
                var read = Volatile.Read(ref counter);
                if (Interlocked.Increment(ref readers) == 50)
                {
                    all.SetResult();
                }

                await all.Task.WaitAsync(Until.Longest, TestContext.Current.CancellationToken);
                return counter = read + 1;
            }
        );
        Assert.Equal(1, counter);
    }
}
