using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// Gives free seats to those who wait for them, in their order (<see cref="SeatLine"/>): asked by the outbox when more than one came free
/// or the limit was raised, and by each server every few seconds for whatever else made room: the end of a grace, an operator's statement,
/// an older version of the server. Any number may run at once: a seat is given by the count of the seats, and a place in line left by the
/// version of the member, so nobody gets two and nobody is passed over.
/// </summary>
public sealed class PromoteWaiting(Store store) : IOutboxConsumer
{
    /// <summary>How many get theirs in one transaction.</summary>
    public const int Piece = 40;

    /// <summary>For how long what is given is collected before the admins are told, in one letter.</summary>
    public static readonly TimeSpan Collects = TimeSpan.FromMinutes(1);

    private const string Act = "seat.given";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public string Kind => OutboxKind.SeatsFree;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        if (message.WorkspaceId is not { } workspace)
        {
            return Delivery.NotWanted;
        }

        var given = await RunAsync(workspace, ct);
        return given.Refusal is { } no ? Delivery.Failed(no.Message) : Delivery.Done;
    }

    /// <summary>Looks for workspaces in which seats are free and people wait, and gives them out.</summary>
    /// <returns>How many got one.</returns>
    public async Task<int> SweepAsync(CancellationToken ct)
    {
        List<Counter> lines;
        await using (var db = store.Read())
        {
            lines = await db.Counters.AsNoTracking().Where(t => t.Waiting > 0 && t.Kind == CounterKind.Seats && t.InLine).ToListAsync(ct);
        }

        var given = 0;
        List<Exception> faults = [];
        foreach (var line in lines)
        {
            var seats = new Usage(line.Used, line.Limit) { Grace = line.Grace ?? 0, GraceUntil = line.GraceUntil };
            try
            {
                if (seats.RoomAt(store.Time.Now()) is not 0 && (await RunAsync(line.WorkspaceId, ct)).Is(out var count, out _))
                {
                    given += count;
                }
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                faults.Add(fault); // one workspace that cannot be read keeps no other waiting
            }
        }

        return faults.Count == 0 ? given : throw new AggregateException(faults);
    }

    /// <summary>Gives out what is free in a workspace. Refusal: <c>busy</c>.</summary>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="ct">Stops it between two transactions.</param>
    /// <returns>How many got a seat.</returns>
    public async Task<Outcome<int>> RunAsync(Id<Workspace> workspaceId, CancellationToken ct)
    {
        var (total, began) = (0, Stopwatch.GetTimestamp());
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var isLate = Stopwatch.GetElapsedTime(began) > Longest;
            var given = await store.ChangeAsync<int>(
                Actor.System,
                workspaceId,
                Act,
                attempt => GiveAsync(attempt, workspaceId, isLate, CancellationToken.None),
                CancellationToken.None
            );
            if (!given.Is(out var count, out var busy))
            {
                return busy;
            }

            total += count;
            if (count == 0 || isLate)
            {
                return total;
            }
        }
    }

    private static async Task<Outcome<int>> GiveAsync(Attempt attempt, Id<Workspace> workspaceId, bool isLate, CancellationToken ct)
    {
        if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { Configuration.GivesSeatsInTurn: true } workspace)
        {
            return 0;
        }

        if (workspace.Plan.IsOver(attempt.At))
        {
            return 0; // nothing is given out after a trial; who waits keeps their place
        }

        if (isLate)
        {
            SeatLine.Ask(attempt.Changes, workspaceId); // others' messages wait: the rest is done with the next one
            return 0;
        }

        var room = (int)Math.Min((await Counts.ReadAsync(attempt.Db, workspaceId, ct)).Seats.RoomAt(attempt.At) ?? Piece, Piece);
        var next = room == 0 ? [] : await SeatLine.FirstAsync(attempt.Db, workspaceId, room, ct);
        var given = 0;
        foreach (var member in next)
        {
            given += await SeatLine.GiveAsync(attempt, workspace, member, "A seat was free.", ct) ? 1 : 0;
        }

        if (room > 0 && next.Count == 0)
        {
            await CountAnewAsync(attempt, workspaceId, ct);
        }

        return given;
    }

    /// <summary>Where the count says that somebody waits and nobody does (an older version counts none), it is mended.</summary>
    private static async Task CountAnewAsync(Attempt attempt, Id<Workspace> workspaceId, CancellationToken ct)
    {
        var row = await attempt
            .Db.Counters.AsNoTracking()
            .FirstOrDefaultAsync(t => t.WorkspaceId == workspaceId && t.Kind == CounterKind.Seats && t.Shard == 0, ct);
        if (
            row is { Waiting: not 0 }
            && await SeatLine.In(attempt.Db, workspaceId).LongCountAsync(ct) is var waiting
            && waiting != row.Waiting
        )
        {
            attempt.Changes.Update(row, row with { Waiting = waiting });
        }
    }
}
