using System.Globalization;

namespace UserManagement.Ui.Parts;

/// <summary>Moments as the pages write them.</summary>
public static class TimeText
{
    /// <summary>ISO 8601 in UTC, as the datetime attribute wants it.</summary>
    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>What is read without script: "21 Nov 2026, 22:46 UTC".</summary>
    public static string Absolute(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The same without the clock: "21 Nov 2026".</summary>
    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);
}
