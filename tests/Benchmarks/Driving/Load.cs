using System.Diagnostics;
using System.Text;

namespace UserManagement.Benchmarks.Driving;

/// <summary>Where requests go: an address, and how to read what the processes behind it have used.</summary>
/// <param name="Url">The server.</param>
/// <param name="Cpu">CPU time of server and database until now.</param>
internal sealed record Target(Uri Url, Func<TimeSpan> Cpu);

/// <summary>Sends requests and tells how it went.</summary>
internal static class Load
{
    /// <summary>A closed loop: each worker sends its next request when it has the last answer.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="next">Makes a worker's next request.</param>
    /// <param name="workers">How many, each on a connection of its own.</param>
    /// <param name="duration">How long.</param>
    public static async Task<LoadResult> ClosedAsync(Target target, Func<int, ReadOnlyMemory<byte>> next, int workers, TimeSpan duration)
    {
        var wires = await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => HttpWire.OpenAsync(target.Url)));
        var notes = wires.Select(_ => new Notes()).ToList();
        var cpu = target.Cpu();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            wires.Select(
                (wire, worker) =>
                    Task.Run(async () =>
                    {
                        while (Stopwatch.GetElapsedTime(began) < duration)
                        {
                            var sent = Stopwatch.GetTimestamp();
                            await SendAsync(wire, next(worker), sent, notes[worker]);
                        }
                    })
            )
        );
        return Sum(notes, Stopwatch.GetElapsedTime(began), target.Cpu() - cpu, wires);
    }

    /// <summary>
    /// An open loop: requests begin at fixed times whether or not earlier ones are answered, and latency counts from the
    /// time at which a request was due, so that a stall of the server is not hidden.
    /// </summary>
    /// <param name="target">Where to.</param>
    /// <param name="next">Makes the request of a number.</param>
    /// <param name="perSecond">How many begin in a second.</param>
    /// <param name="connections">How many may be under way at once.</param>
    /// <param name="duration">How long.</param>
    public static async Task<LoadResult> OpenAsync(
        Target target,
        Func<int, ReadOnlyMemory<byte>> next,
        double perSecond,
        int connections,
        TimeSpan duration
    )
    {
        var wires = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => HttpWire.OpenAsync(target.Url)));
        var notes = wires.Select(_ => new Notes()).ToList();
        var cpu = target.Cpu();
        var began = Stopwatch.GetTimestamp();
        var number = -1;
        await Task.WhenAll(
            wires.Select(
                (wire, worker) =>
                    Task.Run(async () =>
                    {
                        while (true)
                        {
                            var mine = Interlocked.Increment(ref number);
                            var due = began + (long)(mine / perSecond * Stopwatch.Frequency);
                            if (Stopwatch.GetElapsedTime(began, due) >= duration)
                            {
                                return;
                            }

                            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                            if (wait > TimeSpan.Zero)
                            {
                                await Task.Delay(wait);
                            }

                            await SendAsync(wire, next(mine), due, notes[worker]);
                        }
                    })
            )
        );
        return Sum(notes, Stopwatch.GetElapsedTime(began), target.Cpu() - cpu, wires);
    }

    private static async Task SendAsync(HttpWire wire, ReadOnlyMemory<byte> request, long since, Notes notes)
    {
        try
        {
            var (status, body) = await wire.SendAsync(request);
            if (status is >= 200 and < 300)
            {
                notes.Latencies.Add(Stopwatch.GetElapsedTime(since));
                return;
            }

            notes.Errors++;
            notes.FirstError ??= $"{status} {Encoding.UTF8.GetString(body.Span[..Math.Min(300, body.Length)])}";
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            notes.Errors++;
            notes.FirstError ??= e.Message;
        }
    }

    private static LoadResult Sum(List<Notes> notes, TimeSpan elapsed, TimeSpan cpu, HttpWire[] wires)
    {
        foreach (var wire in wires)
        {
            wire.Dispose();
        }

        return new(
            [.. notes.SelectMany(n => n.Latencies).Order()],
            notes.Sum(n => n.Errors),
            elapsed,
            cpu,
            notes.Find(n => n.FirstError is not null)?.FirstError
        );
    }

    private sealed class Notes
    {
        public List<TimeSpan> Latencies { get; } = [];

        public int Errors { get; set; }

        public string? FirstError { get; set; }
    }
}
