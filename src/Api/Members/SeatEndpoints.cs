using System.Globalization;
using UserManagement.Api.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Roles;

namespace UserManagement.Api.Members;

/// <summary>Giving the free seats to those who have none, and taking that back.</summary>
internal static class SeatEndpoints
{
    private const string All = "/workspaces/{slug}/seats";

    public static void Map(ApiTable api)
    {
        api.Post(All + "/assign", AssignAsync)
            .Says(
                "Assign seats",
                $"The free seats go to active people without one: who waits for one first, then whoever joined earliest, at most {AssignSeats.Most} in one call. 409 "
                    + "seatsFull where none is free, noSeatRoles where roles take no seats."
            )
            .Needs(Permission.ManageMembers)
            .Takes(new ApiParameter("only", "Only those who wait for one.") { Choices = ["waiting"] })
            .Gives<AssignedSeatsJson>();
        api.Get(All + "/waiting", LineAsync)
            .Says(
                "List who waits for a seat",
                $"In the order in which they get one, the first {ReadSeatLine.Most}: by the priority of their groups, then by since when."
            )
            .Needs(Permission.ReadMembers)
            .Gives<SeatLineJson>();
        api.Get(All + "/idle", IdleAsync)
            .Says(
                "List unused seats",
                $"Who holds a seat and neither signed in nor used an app for so many days, the first {FindIdleSeats.Most}."
            )
            .Needs(Permission.ReadMembers)
            .Takes(new ApiParameter("days", "For how many days, 1 to 3,650. Default: 90."))
            .Gives<ListJson<IdleSeatJson>>();
        api.Post(All + "/take-back", TakeBackAsync)
            .Says("Take back one assignment of seats", "As far as nothing else happened to those people since.")
            .Needs(Permission.ManageMembers)
            .Reads<SeatsToTakeBack>()
            .Gives<TakenBackJson>();
    }

    private static async Task<ApiAnswer> AssignAsync(ApiCall call)
    {
        var outcome = await call.Act<AssignSeats>().RunAsync(call.Actor, call.Workspace.Id, call.Query("only") == "waiting", call.Ct);
        return outcome.Is(out var done, out var refusal)
            ? ApiAnswer.Ok(
                new AssignedSeatsJson
                {
                    Assigned = done.Assigned,
                    Without = done.Without,
                    AssignedAt = done.At,
                }
            )
            : refusal;
    }

    private static async Task<ApiAnswer> LineAsync(ApiCall call) =>
        (await call.Act<ReadSeatLine>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var line, out var refusal)
            ? ApiAnswer.Ok(SeatLineJson.Of(line))
            : refusal;

    private static async Task<ApiAnswer> IdleAsync(ApiCall call)
    {
        var days =
            call.Query("days") is not { } asked ? 90
            : int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : 0;
        return (await call.Act<FindIdleSeats>().RunAsync(call.Actor, call.Workspace.Id, days, call.Ct)).Is(out var found, out var refusal)
            ? ApiAnswer.Ok(new ListJson<IdleSeatJson> { Items = [.. found.Idle.Select(IdleSeatJson.Of)] })
            : refusal;
    }

    private static Task<ApiAnswer> TakeBackAsync(ApiCall call) =>
        call.WithAsync<SeatsToTakeBack>(async wanted =>
        {
            var outcome = await call.Act<TakeBackSeats>().RunAsync(call.Actor, call.Workspace.Id, wanted.AssignedAt, call.Ct);
            return outcome.Is(out var count, out var refusal) ? ApiAnswer.Ok(new TakenBackJson { TakenBack = count }) : refusal;
        });
}

/// <summary>Who got a seat.</summary>
internal sealed record AssignedSeatsJson
{
    /// <summary>How many got one.</summary>
    public required int Assigned { get; init; }

    /// <summary>How many active people are without one now.</summary>
    public required long Without { get; init; }

    /// <summary>When; what taking it back asks for.</summary>
    public required DateTimeOffset AssignedAt { get; init; }
}

/// <summary>Which assignment of seats is taken back.</summary>
internal sealed record SeatsToTakeBack
{
    /// <summary>Its time, as the assignment answered it.</summary>
    public required DateTimeOffset AssignedAt { get; init; }
}

/// <summary>What was taken back.</summary>
internal sealed record TakenBackJson
{
    /// <summary>How many people are without a seat again.</summary>
    public required int TakenBack { get; init; }
}
