namespace UserManagement.Simulator.Report;

/// <summary>Percentiles by nearest rank: always a value that was really measured.</summary>
public static class Percentile
{
    /// <summary>The smallest value that at least <paramref name="percent"/> of the values do not exceed.</summary>
    /// <param name="sorted">Values in ascending order.</param>
    /// <param name="percent">Above 0, up to 100.</param>
    /// <returns>The value; zero when there are none.</returns>
    public static TimeSpan Of(IReadOnlyList<TimeSpan> sorted, double percent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        return sorted.Count == 0 ? TimeSpan.Zero : sorted[(int)Math.Ceiling(percent / 100 * sorted.Count) - 1];
    }
}
