using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Roles;
using UserManagement.Ui;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>Giving the free seats to those who have none, and taking that back.</summary>
internal static class SeatEndpoints
{
    private const string UsualDays = "90";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/seats/assign", Gate.Page(Permission.ManageMembers, visit => ConfirmAsync(visit)));
        routes.MapPost("/seats/assign", Gate.Act(AssignAsync));
        routes.MapPost("/seats/take-back", Gate.Act(TakeBackAsync));
        routes.MapGet("/seats/waiting", Gate.Page(Permission.ReadMembers, visit => LineAsync(visit)));
        routes.MapGet("/seats/idle", Gate.Page(Permission.ManageMembers, IdleAsync));
    }

    private static async Task<IResult> ConfirmAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<AssignSeats>().PlanAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var plan, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path("/members"));
        }

        var frame = await Frame.ReadAsync(visit, Place.Members, refusal);
        return frame.Show<AssignSeatsScreen>(new() { ["Plan"] = plan });
    }

    private static async Task<IResult> LineAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<ReadSeatLine>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        return read.Is(out var line, out var refused)
            ? (await Frame.ReadAsync(visit, Place.Members, refusal)).Show<SeatLineScreen>(new() { ["Line"] = line })
            : Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path("/members"));
    }

    private static async Task<IResult> IdleAsync(Visit visit)
    {
        var typed = visit.Query("days") ?? UsualDays;
        var days = int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        if (visit.Configuration.Role(visit.Configuration.Join.FallbackRole) is null)
        {
            return Visit.Error(404, homeHref: visit.Path("/members"));
        }

        var read = await visit.Act<FindIdleSeats>().RunAsync(visit.Actor, visit.Workspace.Id, days, visit.Ct);
        if (!read.Is(out var found, out var refusal) && refusal.Kind != RefusalKind.Invalid)
        {
            return Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path("/members"));
        }

        var frame = await Frame.ReadAsync(visit, Place.Members, read.Refusal);
        return frame.Show<IdleSeatsScreen>(new() { ["Found"] = found, ["DaysText"] = typed });
    }

    private static async Task<IResult> AssignAsync(Visit visit)
    {
        var waiting = visit.Field("only") == "waiting";
        var outcome = await visit.Act<AssignSeats>().RunAsync(visit.Actor, visit.Workspace.Id, waiting, visit.Ct);
        if (!outcome.Is(out var done, out var refusal))
        {
            return await Gate.RefusedAsync(
                visit,
                Permission.ManageMembers,
                refusal,
                () => waiting ? LineAsync(visit, refusal) : ConfirmAsync(visit, refusal)
            );
        }

        visit.Leave(
            new(
                done.Assigned > 0 ? Tone.Success : Tone.Info,
                $"{Frame.Number(done.Assigned)} {(done.Assigned == 1 ? "person" : "people")} got a seat, {Frame.Number(done.Without)} "
                    + $"{(done.Without == 1 ? "is" : "are")} without one.",
                done.Assigned == 0
                    ? null
                    : new(
                        visit.Path("/seats/take-back"),
                        new Dictionary<string, string> { ["at"] = done.At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) }
                    )
            )
        );
        return Visit.SeeOther(visit.Path(waiting ? "/seats/waiting" : "/members"));
    }

    private static async Task<IResult> TakeBackAsync(Visit visit)
    {
        var at =
            long.TryParse(visit.Field("at"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given < 253402300800000
                ? DateTimeOffset.FromUnixTimeMilliseconds(given)
                : default;
        var outcome = await visit.Act<TakeBackSeats>().RunAsync(visit.Actor, visit.Workspace.Id, at, visit.Ct);
        if (!outcome.Is(out var count, out var refusal))
        {
            return await MemberEndpoints.RefusedAsync(visit, default, refusal);
        }

        visit.Leave(
            new(Tone.Success, $"Taken back: {Frame.Number(count)} {(count == 1 ? "person is" : "people are")} without a seat again.")
        );
        return Visit.SeeOther(visit.Path("/members"));
    }
}
