using System.Globalization;
using UserManagement.AdminUi.Http;
using UserManagement.Membership.Licensing;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>Sentences about seats.</summary>
internal static class SeatWords
{
    /// <summary>When seats run out.</summary>
    public static string Forecast(SeatForecast forecast) =>
        forecast switch
        {
            { PerWeek: null } => "No forecast: too few people came in the last weeks to tell when seats run out.",
            { RunsOutOn: { } day } => string.Create(
                CultureInfo.InvariantCulture,
                $"Seats run out on about {day:d MMMM yyyy}, if people go on coming as in the last weeks ({forecast.PerWeek:0.#} a week)."
            ),
            _ => "At the pace of the last weeks, seats last for more than three years.",
        };

    /// <summary>"This group needs 34 seats, 13 are free."</summary>
    public static string Needs(string who, long needs, long free) =>
        $"{who} {Frame.Number(needs)} {(needs == 1 ? "seat" : "seats")}, {Frame.Number(free)} {(free == 1 ? "is" : "are")} free.";

    /// <summary>Somebody's place in line: "third in line".</summary>
    public static string Place(long number) =>
        number switch
        {
            1 => "first in line",
            2 => "second in line",
            3 => "third in line",
            _ => $"number {Frame.Number(number)} in line",
        };
}
