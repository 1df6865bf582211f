using System.Globalization;
using System.Runtime.InteropServices;

namespace UserManagement.Benchmarks.Report;

/// <summary>When and on what a table was made, and how busy the machine was with other things.</summary>
internal static class Machine
{
    public static string Line()
    {
        var load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, load before the run {load}"
        );
    }
}
