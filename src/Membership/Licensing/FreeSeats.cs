using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>Seats that are free while people wait for one.</summary>
/// <param name="Room">How many can be given out; null for no limit.</param>
/// <param name="Waiting">How many people wait.</param>
public sealed record FreeSeatsView(long? Room, long Waiting);

/// <summary>
/// Where seats are not given in turn (<see cref="WorkspaceConfiguration.GivesSeatsInTurn"/>), whoever waits gets theirs from an admin.
/// This has the admins told when none was free and now some are: once for such a rise, whatever made it, and only while somebody waits.
/// Seen in one place, by what an act changes the count of the seats or their limit by.
/// </summary>
public static class FreeSeats
{
    /// <summary>What the outbox calls the message.</summary>
    private static string SubjectOf(Id<Workspace> workspace) => SeatLine.SubjectOf(workspace) + ":free";

    /// <summary>Orders the mail, where the act makes the rise.</summary>
    /// <param name="attempt">The act; what it changes is planned already.</param>
    /// <param name="before">The workspace as the act found it.</param>
    /// <param name="after">The same as the act makes it.</param>
    /// <param name="ct">Stops the reading.</param>
    internal static async Task FollowAsync(Attempt attempt, WorkspaceContext before, WorkspaceContext after, CancellationToken ct)
    {
        var change = attempt.Changes.Counters.GetValueOrDefault(new(before.Id, CounterKind.Seats));
        var limit = after.Configuration.Capacity.Seats;
        var wasOver = before.Plan.IsOver(attempt.At);
        if (
            before.Configuration.Capacity.Seats is not { } former
            || after.Configuration.GivesSeatsInTurn
            || after.Plan.IsOver(attempt.At)
            || (change >= 0 && limit <= former && !wasOver)
        )
        {
            return;
        }

        var seats = (await Counts.ReadAsync(attempt.Db, before.Id, ct)).Seats;
        if (!wasOver && seats.RoomAt(attempt.At) is not 0)
        {
            return;
        }

        var used = seats.Used + change;
        var then = seats with { Used = used, Limit = limit, GraceUntil = used <= limit ? null : seats.GraceUntil };
        if (then.RoomAt(attempt.At) is not 0 && await SeatLine.In(attempt.Db, before.Id).AnyAsync(ct))
        {
            Order(attempt.Changes, before.Id);
        }
    }

    /// <summary>Orders the mail; the sender looks whether it is wanted.</summary>
    internal static void Order(Changes changes, Id<Workspace> workspace)
    {
        if (!changes.Orders(OutboxKind.SeatsFreeMail))
        {
            changes.Send(OutboxKind.SeatsFreeMail, workspace.Value, SubjectOf(workspace), workspace, after: PromoteWaiting.Collects);
        }
    }

    /// <summary>
    /// What a mail has to say as it is now; null where it is not wanted: nothing is free any more, nobody waits, seats are given in turn,
    /// or acts at the same moment made the same rise and another mail told of it.
    /// </summary>
    public static async Task<FreeSeatsView?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(message);
        var room = workspace.Plan.IsOver(at) ? 0 : (await Counts.ReadAsync(db, workspace.Id, ct)).Seats.RoomAt(at);
        if (workspace.Configuration.GivesSeatsInTurn || room == 0)
        {
            return null;
        }

        var isTold = await OutboxFanOut.IsToldAsync(db, message, PromoteWaiting.Collects, ct);
        var waiting = isTold ? 0 : await SeatLine.In(db, workspace.Id).LongCountAsync(ct);
        return waiting == 0 ? null : new(room, waiting);
    }
}
