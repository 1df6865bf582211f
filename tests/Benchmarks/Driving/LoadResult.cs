using UserManagement.Simulator.Report;

namespace UserManagement.Benchmarks.Driving;

/// <summary>What one run of a load came to.</summary>
/// <param name="Latencies">Of the answered requests, ascending.</param>
/// <param name="Errors">Answers other than 2xx, and broken connections.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="Cpu">What server and database used meanwhile, together.</param>
/// <param name="FirstError">The first wrong answer; null for none.</param>
internal sealed record LoadResult(IReadOnlyList<TimeSpan> Latencies, int Errors, TimeSpan Elapsed, TimeSpan Cpu, string? FirstError)
{
    public double PerSecond => Latencies.Count / Elapsed.TotalSeconds;

    /// <summary>CPU time of server and database per answered request, in microseconds.</summary>
    public double CpuMicroseconds => Latencies.Count == 0 ? 0 : Cpu.TotalMicroseconds / Latencies.Count;

    public TimeSpan Percent(double percent) => Percentile.Of(Latencies, percent);
}
