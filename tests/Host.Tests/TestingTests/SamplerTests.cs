using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public class SamplerTests
{
    [Fact]
    public async Task Samples_are_kept_from_before_the_run_until_after_it()
    {
        var (state, looks) = (0, 0);
        Task<int> LookAsync()
        {
            Interlocked.Increment(ref looks);
            return Task.FromResult(Volatile.Read(ref state));
        }

        var samples = await Sampler.WhileAsync(
            LookAsync,
            async () =>
            {
                Volatile.Write(ref state, 1);
                await Until.TrueAsync(() => Volatile.Read(ref looks) > 5);
                Volatile.Write(ref state, 2);
            }
        );
        Assert.Equal(0, samples[0].Value);
        Assert.Equal(2, samples[^1].Value);
        Assert.Contains(samples, sample => sample.Value == 1);
        Assert.Equal(looks, samples.Count);
        Assert.Equal(samples.OrderBy(sample => sample.At), samples);
    }

    [Fact]
    public async Task A_failing_run_fails_the_whole() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Sampler.WhileAsync(() => Task.FromResult(0), () => throw new InvalidOperationException())
        );
}
