using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// When seats run out if people go on coming as in the last weeks: plain arithmetic, and none where there is too little to go by.
/// </summary>
/// <param name="RunsOutOn">About which day; null where none can be told, or it is years away.</param>
/// <param name="PerWeek">How many came in a week and hold a seat, on average; null where there is too little to go by.</param>
public sealed record SeatForecast(DateOnly? RunsOutOn, double? PerWeek)
{
    /// <summary>Over how many weeks one looks back at most.</summary>
    public const int Weeks = 8;

    private const int FewestWeeks = 3;
    private const int FewestPeople = 5;
    private const int MostLookedAt = 50_000;
    private const int MostDays = 3 * 365;

    /// <summary>None: too little to go by.</summary>
    public static SeatForecast None { get; } = new(null, null);

    /// <summary>Works it out.</summary>
    /// <param name="today">The day of the forecast.</param>
    /// <param name="free">How many seats are free; null for no limit.</param>
    /// <param name="people">How many came and hold a seat.</param>
    /// <param name="days">In how many days.</param>
    public static SeatForecast Of(DateOnly today, long? free, long people, int days)
    {
        if (days < FewestWeeks * 7 || people < FewestPeople)
        {
            return None;
        }

        var perDay = (double)people / days;
        var left = free is { } seats ? seats / perDay : double.PositiveInfinity;
        return new(left <= MostDays ? today.AddDays((int)Math.Floor(left)) : null, perDay * 7);
    }

    /// <summary>Reads what it goes by: those who came in the last weeks, newest first, of very many a part.</summary>
    internal static async Task<SeatForecast> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        Usage seats,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        if (seats.Limit is null)
        {
            return None;
        }

        var since = now.AddDays(-7 * Weeks);
        since = workspace.Row.CreatedAt > since ? workspace.Row.CreatedAt : since;
        var id = workspace.Id;
        var newest = db
            .Members.Where(m => m.WorkspaceId == id && m.State != Members.MemberState.Ended)
            .OrderByDescending(m => m.Id)
            .Take(MostLookedAt);
        var came = await newest.LongCountAsync(m => m.HasSeat && m.JoinedAt >= since, ct);
        return Of(DateOnly.FromDateTime(now.UtcDateTime), seats.Free, came, (int)(now - since).TotalDays);
    }
}
