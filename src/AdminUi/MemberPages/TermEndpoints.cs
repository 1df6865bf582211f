using System.Globalization;
using Microsoft.AspNetCore.Http;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Ui;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>Setting, extending and taking away the end of somebody's time as a member.</summary>
internal static class TermEndpoints
{
    public static async Task<IResult> SetAsync(Visit visit)
    {
        var id = visit.RouteId<Member>();
        var typed = visit.Field("lastDay").Trim();
        var isDay = DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
        if ((typed.Length > 0 && !isDay) || day == DateOnly.MaxValue)
        {
            return await MemberEndpoints.RefusedAsync(visit, id, Refusal.Invalid("endsAt", "A day is written as 2026-03-14."));
        }

        DateTimeOffset? end = isDay ? new(day.AddDays(1).ToDateTime(default, DateTimeKind.Utc)) : null;
        var outcome = await visit
            .Act<SetMemberTerm>()
            .ByNameAsync(visit.Actor, visit.Workspace.Id, id, end, visit.Field("sponsor").Trim(), visit.Ct);
        return outcome.Is(out var term, out var refusal)
            ? MemberEndpoints.Back(
                visit,
                id,
                new(
                    Tone.Success,
                    term is null
                        ? "Saved: there is no end."
                        : string.Create(CultureInfo.InvariantCulture, $"Saved: the last day is {day:d MMMM yyyy}.")
                )
            )
            : await MemberEndpoints.RefusedAsync(visit, id, refusal);
    }
}
