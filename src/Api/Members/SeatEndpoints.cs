using UserManagement.Api.Http;
using UserManagement.Membership.Access;
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
                $"The free seats go to active people without one, whoever joined first before the others, at most {AssignSeats.Most} in one call. 409 "
                    + "seatsFull where none is free, noSeatRoles where roles take no seats."
            )
            .Needs(Permission.ManageMembers)
            .Gives<AssignedSeatsJson>();
        api.Post(All + "/take-back", TakeBackAsync)
            .Says("Take back one assignment of seats", "As far as nothing else happened to those people since.")
            .Needs(Permission.ManageMembers)
            .Reads<SeatsToTakeBack>()
            .Gives<TakenBackJson>();
    }

    private static async Task<ApiAnswer> AssignAsync(ApiCall call)
    {
        var outcome = await call.Act<AssignSeats>().RunAsync(call.Actor, call.Workspace.Id, call.Ct);
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
