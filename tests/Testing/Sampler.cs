using System.Diagnostics;

namespace UserManagement.Testing;

/// <summary>One look: how long after the start, and what was seen.</summary>
/// <param name="At">Since the sampler started, in real time; taken when the look returned.</param>
/// <param name="Value">What was seen.</param>
public sealed record Sample<T>(TimeSpan At, T Value);

/// <summary>Looks again and again while something runs, and keeps every look: "at every moment" as a test can have it.</summary>
public static class Sampler
{
    /// <summary>Samples while <paramref name="run"/> runs, once before and once after it.</summary>
    /// <param name="look">What to see; it must not disturb. A look that throws fails the whole.</param>
    /// <param name="run">What is watched.</param>
    /// <param name="every">Pause between looks; 15 ms when null.</param>
    /// <returns>All samples in order of time, at least two.</returns>
    public static async Task<IReadOnlyList<Sample<T>>> WhileAsync<T>(Func<Task<T>> look, Func<Task> run, TimeSpan? every = null)
    {
        var clock = Stopwatch.StartNew();
        List<Sample<T>> samples = [new(clock.Elapsed, await look())];
        var running = run();
        while (!running.IsCompleted)
        {
            await Task.WhenAny(running, Task.Delay(every ?? TimeSpan.FromMilliseconds(15)));
            var seen = await look();
            samples.Add(new Sample<T>(clock.Elapsed, seen));
        }

        await running;
        var last = await look();
        samples.Add(new Sample<T>(clock.Elapsed, last));
        return samples;
    }
}
