using System.Globalization;

namespace UserManagement.Membership.Members.Terms;

/// <summary>The last day of somebody's time as a member, as people write it: they have access until midnight UTC after it.</summary>
public static class LastDay
{
    private static readonly string[] Forms = ["yyyy-MM-dd", "d.M.yyyy"]; // of others one cannot tell which is the month

    /// <summary>What to say of what is none.</summary>
    public const string Form = "A day is written as 2026-03-14.";

    /// <summary>Reads it: empty is no end.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="end">When access ends; null for never, and for what is no day.</param>
    /// <returns>Whether it is a day, or nothing.</returns>
    public static bool TryRead(string? typed, out DateTimeOffset? end)
    {
        typed = typed?.Trim() ?? "";
        var isDay =
            DateOnly.TryParseExact(typed, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day != DateOnly.MaxValue;
        end = isDay ? new(day.AddDays(1).ToDateTime(default, DateTimeKind.Utc)) : null;
        return isDay || typed.Length == 0;
    }
}
