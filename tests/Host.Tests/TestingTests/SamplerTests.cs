using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests.TestingTests;

public class SamplerTests
{
    [Fact]
    public async Task Samples_are_kept_from_before_the_run_until_after_it()
    {
        var state = 0;
        var samples = await Sampler.WhileAsync(() => Task.FromResult(state), async () =>
        {
            state = 1;
            await Task.Delay(200, TestContext.Current.CancellationToken);
            state = 2;
        });
        Assert.Equal(0, samples[0].Value);
        Assert.Equal(2, samples[^1].Value);
        Assert.Contains(samples, sample => sample.Value == 1);
        Assert.True(samples.Count >= 5, $"{samples.Count} samples in 200 ms");
        Assert.Equal(samples.OrderBy(sample => sample.At), samples);
    }

    [Fact]
    public async Task A_failing_run_fails_the_whole() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => Sampler.WhileAsync(() => Task.FromResult(0), () => throw new InvalidOperationException()));
}
