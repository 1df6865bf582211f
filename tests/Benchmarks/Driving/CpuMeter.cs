using System.Globalization;

namespace UserManagement.Benchmarks.Driving;

/// <summary>CPU time of processes, as the kernel counts it (user and system, in steps of 10 ms).</summary>
internal static class CpuMeter
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    /// <summary>What a process has used until now.</summary>
    public static TimeSpan Of(int process) => Read(process) is { } fields ? Span(fields, 11, 12) : TimeSpan.Zero;

    /// <summary>What a process, its living children and those it has buried have used until now.</summary>
    public static TimeSpan OfFamily(int parent)
    {
        var total = Read(parent) is { } own ? Span(own, 11, 12, 13, 14) : TimeSpan.Zero;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process)
                && Read(process) is { } fields
                && fields[1] == parent.ToString(CultureInfo.InvariantCulture)
            )
            {
                total += Span(fields, 11, 12);
            }
        }

        return total;
    }

    /// <summary>The process that started this one.</summary>
    public static int ParentOf(int process) =>
        Read(process) is { } fields
            ? int.Parse(fields[1], CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"There is no process {process}.");

    // the fields of /proc/PID/stat after the name, which stands in brackets and may hold anything: state is 0, parent 1, utime 11
    private static string[]? Read(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // gone meanwhile
        }
    }

    private static TimeSpan Span(string[] fields, params ReadOnlySpan<int> at)
    {
        var ticks = 0L;
        foreach (var index in at)
        {
            ticks += long.Parse(fields[index], CultureInfo.InvariantCulture);
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
