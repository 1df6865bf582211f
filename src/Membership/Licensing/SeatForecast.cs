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
    private const int Usual = 1000;
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

    /// <summary>
    /// Reads what it goes by: those who came in the last weeks, newest first; where many came, over fewer of the weeks, and where very many
    /// came within days a part of them.
    /// </summary>
    internal static async Task<SeatForecast> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        Usage seats,
        DateTimeOffset now,
        CancellationToken ct,
        int usual = Usual
    )
    {
        var since = now.AddDays(-7 * Weeks);
        since = workspace.Row.CreatedAt > since ? workspace.Row.CreatedAt : since;
        if (seats.Limit is null || (now - since).TotalDays < FewestWeeks * 7)
        {
            return None;
        }

        var id = workspace.Id;
        var newest = db.Members.Where(m => m.WorkspaceId == id && m.State != Members.MemberState.Ended).OrderByDescending(m => m.Id);
        var most = usual;
        if (await newest.Select(m => m.Id).Skip(usual - 1).FirstOrDefaultAsync(ct) is { Value: var last } && last != Guid.Empty)
        {
            // so many came later than this: the time since then is enough to go by, or one looks at more
            var began = DateTimeOffset.FromUnixTimeMilliseconds(Ids.MillisecondOf(last));
            (since, most) =
                began <= since ? (since, usual)
                : (now - began).TotalDays >= FewestWeeks * 7 ? (began, usual)
                : (since, MostLookedAt);
        }

        var came = await newest.Take(most).LongCountAsync(m => m.HasSeat && m.JoinedAt >= since, ct);
        return Of(DateOnly.FromDateTime(now.UtcDateTime), seats.Free, came, (int)(now - since).TotalDays);
    }
}
