using System.Globalization;

namespace UserManagement.Benchmarks.Driving;

/// <summary>
/// What the kernel says of a process's memory, in MB; its peak is reset and read, so nothing is missed between two looks.
/// </summary>
internal static class MemoryMeter
{
    /// <summary>What is resident now.</summary>
    public static double Now(int process) => Read(process, "VmRSS:");

    /// <summary>What of that is the process's own, and no file that the system could read again.</summary>
    public static double Own(int process) => Read(process, "RssAnon:");

    /// <summary>The most that was resident since the last <see cref="Reset"/>.</summary>
    public static double Peak(int process) => Read(process, "VmHWM:");

    /// <summary>Begins a new peak (proc(5): 5 to clear_refs).</summary>
    public static void Reset(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    private static double Read(int process, string name)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
