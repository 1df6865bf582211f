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
        if (!LastDay.TryRead(visit.Field("lastDay"), out var end))
        {
            return await MemberEndpoints.RefusedAsync(visit, id, Refusal.Invalid("endsAt", LastDay.Form));
        }

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
                        : string.Create(CultureInfo.InvariantCulture, $"Saved: the last day is {end?.AddDays(-1):d MMMM yyyy}.")
                )
            )
            : await MemberEndpoints.RefusedAsync(visit, id, refusal);
    }
}
