using System.Globalization;

namespace UserManagement.Benchmarks.Report;

/// <summary>Figures as the tables show them.</summary>
internal static class Figures
{
    /// <summary>The middle value; between the two middle ones when there is no middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public static string Number(double value) =>
        double.IsFinite(value) ? value.ToString(Math.Abs(value) < 10 ? "0.00" : "#,0", CultureInfo.InvariantCulture) : "-";

    public static string Size(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Whether a figure keeps its promise.</summary>
    public static string Verdict(double value, double? least, double? most) =>
        !double.IsFinite(value) || (least is null && most is null) ? ""
        : value >= (least ?? double.MinValue) && value <= (most ?? double.MaxValue) ? "yes"
        : "NO";
}
