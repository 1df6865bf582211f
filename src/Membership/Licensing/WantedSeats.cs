using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>Who came in without a seat of late, and still waits.</summary>
/// <param name="Names">As they are called, in the order in which they came, at most <see cref="WantedSeats.MostNamed"/>.</param>
/// <param name="Count">How many they are.</param>
/// <param name="IsInTurn">Whether a seat comes by itself when it is their turn.</param>
public sealed record WantedSeatsView(IReadOnlyList<string> Names, long Count, bool IsInTurn);

/// <summary>
/// Whoever was to have a role that needs a seat, and came in with the one for when all seats are taken, asks for one by that: the admins
/// are told, of all in one mail, at most once an hour. Not of those who come without a seat because the workspace wants it so
/// (<see cref="JoinRules.AutoAssign"/>).
/// </summary>
public static class WantedSeats
{
    /// <summary>So many are named.</summary>
    public const int MostNamed = 20;

    private static readonly TimeSpan Between = TimeSpan.FromHours(1);

    /// <summary>What a mail has to say as it is now; null where nobody of those waits any more, or servers
    /// that took two of them at the same moment ordered it twice and it is told.</summary>
    /// <param name="db">Where it is read.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="message">The message: those are meant who have waited since then.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<WantedSeatsView?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(message);
        if (await OutboxFanOut.IsToldAsync(db, message, PromoteWaiting.Collects, ct))
        {
            return null;
        }

        var since = message.CreatedAt;
        var those = SeatLine.In(db, workspace.Id).Where(m => m.WaitsSince >= since);
        var first = await those.OrderBy(m => m.WaitsSince).ThenBy(m => m.Id).Take(MostNamed).ToListAsync(ct);
        return first.Count == 0
            ? null
            : new(
                [.. first.Select(m => m.ShownName)],
                first.Count < MostNamed ? first.Count : await those.LongCountAsync(ct),
                workspace.Configuration.GivesSeatsInTurn
            );
    }

    /// <summary>Orders the mail where somebody begins to wait because nothing is free.</summary>
    internal static async Task FollowAsync(Attempt attempt, WorkspaceContext workspace, Member? before, Member after, CancellationToken ct)
    {
        var subject = SeatLine.SubjectOf(workspace.Id) + ":wanted";
        if (
            !after.IsWaiting
            || before?.IsWaiting == true
            || !attempt.IsFull(workspace, CounterKind.Seats)
            || attempt.Changes.Orders(OutboxKind.SeatsWantedMail)
        )
        {
            return;
        }

        var last = await attempt
            .Db.OutboxMessages.AsNoTracking()
            .Where(m => m.Subject == subject)
            .OrderByDescending(m => m.Id)
            .FirstOrDefaultAsync(ct);
        if (last is { DoneAt: null, DeadAt: null, ClaimedUntil: null })
        {
            return; // it has not gone yet, and will tell of this one too
        }

        var wait = last is null ? TimeSpan.Zero : last.CreatedAt + Between - attempt.At;
        attempt.Changes.Send(
            OutboxKind.SeatsWantedMail,
            workspace.Id.Value,
            subject,
            workspace.Id,
            wait > PromoteWaiting.Collects ? wait : PromoteWaiting.Collects
        );
    }
}
