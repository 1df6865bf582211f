using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>
/// Who waits for a seat, and in which order: by the highest priority of their groups (<see cref="Group.SeatPriority"/>), then by since
/// when, then by id. What a workspace that gives seats in turn owes them: that nobody comes between is said by the count of the seats
/// (<see cref="CountChanges.HasRoom"/>), that a seat that comes free finds its next holder here, in the same transaction where one seat
/// comes free, else through the outbox (<see cref="PromoteWaiting"/>).
/// </summary>
internal static class SeatLine
{
    /// <summary>What the outbox calls the messages about the seats of a workspace.</summary>
    public static string SubjectOf(Id<Workspace> workspace) => "seats:" + workspace;

    /// <summary>Everybody in line, in no order.</summary>
    public static IQueryable<Member> In(MembershipDb db, Id<Workspace> workspace) =>
        db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.WaitsSince != null && m.State == MemberState.Active && !m.HasSeat);

    /// <summary>The first in line.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<List<Member>> FirstAsync(MembershipDb db, Id<Workspace> workspace, int count, CancellationToken ct)
    {
        List<Member> first = [];
        var groups = await PriorityGroupsAsync(db, workspace, ct);
        foreach (var level in groups.GroupBy(g => g.Priority).OrderByDescending(g => g.Key).Select(g => g.Select(x => x.Id).ToList()))
        {
            if (first.Count < count)
            {
                first.AddRange(await Ordered(Among(db, workspace, level), count, first).ToListAsync(ct));
            }
        }

        if (first.Count < count)
        {
            first.AddRange(await Ordered(In(db, workspace), count, first).ToListAsync(ct));
        }

        return first;
    }

    /// <summary>How many get theirs before this member, who waits.</summary>
    public static async Task<long> AheadOfAsync(MembershipDb db, Member member, CancellationToken ct)
    {
        var (workspace, since, id) = (member.WorkspaceId, member.WaitsSince, member.Id);
        var groups = await PriorityGroupsAsync(db, workspace, ct);
        var ids = groups.Select(g => g.Id).ToList();
        var mine =
            ids.Count == 0
                ? []
                : await db
                    .GroupMembers.Where(g => g.WorkspaceId == workspace && g.MemberId == id && ids.Contains(g.GroupId))
                    .Select(g => g.GroupId)
                    .ToListAsync(ct);
        var priority = groups.Where(g => mine.Contains(g.Id)).Max(g => (int?)g.Priority) ?? 0;
        var above = groups.Where(g => g.Priority > priority).Select(g => g.Id).ToList();
        var beside = groups.Where(g => g.Priority == priority).Select(g => g.Id).ToList();
        var same = priority == 0 ? In(db, workspace) : Among(db, workspace, beside);
        var earlier = same.Where(m => m.WaitsSince < since || (m.WaitsSince == since && m.Id < id));
        if (above.Count == 0)
        {
            return await earlier.LongCountAsync(ct);
        }

        var before = Among(db, workspace, above);
        return await before.LongCountAsync(ct) + await earlier.Where(m => !before.Any(b => b.Id == m.Id)).LongCountAsync(ct);
    }

    /// <summary>
    /// What follows from an act that freed seats for which people may wait: the next one gets it with the act, where it is one; where there
    /// are more, or rivals are at it, the outbox is asked to. Where seats are not given in turn the admins are told (<see
    /// cref="FreeSeats"/>).
    /// </summary>
    public static async Task FollowAsync(Attempt attempt, CancellationToken ct)
    {
        if (attempt.FreesSeatsOf is not { } workspace)
        {
            return;
        }

        if (!workspace.Configuration.GivesSeatsInTurn || attempt.Becomes is not null)
        {
            await FreeSeats.FollowAsync(attempt, workspace, attempt.Becomes ?? workspace, ct);
            return;
        }

        if (
            workspace.Plan.IsOver(attempt.At)
            || attempt.Changes.Counters.GetValueOrDefault(new(workspace.Id, CounterKind.Seats)) is not (< 0 and var freed)
        )
        {
            return;
        }

        if (freed < -1 || !attempt.IsFirst)
        {
            Ask(attempt.Changes, workspace.Id);
            return;
        }

        if (
            (await FirstAsync(attempt.Db, workspace.Id, 1, ct)) is [var next]
            && (await Counts.ReadAsync(attempt.Db, workspace.Id, ct)).Seats is var seats
            && (seats with { Used = seats.Used - 1 }).RoomAt(attempt.At) is not 0
            && !await GiveAsync(attempt, workspace, next, "A seat came free.", ct)
        )
        {
            Ask(attempt.Changes, workspace.Id);
        }
    }

    /// <summary>Gives a seat to somebody whose turn it is, and has them and the admins told.</summary>
    /// <returns>False where they cannot have it.</returns>
    public static async Task<bool> GiveAsync(Attempt attempt, WorkspaceContext workspace, Member next, string reason, CancellationToken ct)
    {
        var id = next.Id;
        var grants = await attempt.Db.Grants.AsNoTracking().Where(g => g.WorkspaceId == workspace.Id && g.MemberId == id).ToListAsync(ct);
        var placed = await Admission.PlaceAsync(attempt, workspace, new(next, grants), next, grants, null, ct, inTurn: true);
        if (!placed.Is(out var done, out _))
        {
            return false;
        }

        attempt.Changes.Tell("seat.given", workspace.Id, ("member", id.Value, done.ShownName), next, done, reason);
        if (done.HasSeat)
        {
            attempt.Changes.Send(OutboxKind.SeatGivenMail, id.Value, "member:" + id, workspace.Id);
            await TellAdminsAsync(attempt, workspace.Id, ct);
        }

        return true;
    }

    /// <summary>Asks for the free seats to be given out.</summary>
    public static void Ask(Changes changes, Id<Workspace> workspace) =>
        changes.Send(OutboxKind.SeatsFree, workspace.Value, SubjectOf(workspace), workspace);

    /// <summary>
    /// With another configuration the line forms, or breaks up: the count of those who wait is taken anew, once the old configuration
    /// holds no more, and what is free by now is given out.
    /// </summary>
    public static void FormsBy(Attempt attempt, WorkspaceContext workspace, WorkspaceContext after)
    {
        var wanted = after.Configuration;
        (attempt.FreesSeatsOf, attempt.Becomes) = (workspace, after);
        if (workspace.Configuration.GivesSeatsInTurn != wanted.GivesSeatsInTurn)
        {
            Count(attempt.Changes, workspace.Id, wanted.GivesSeatsInTurn);
        }

        if (wanted.GivesSeatsInTurn)
        {
            Ask(attempt.Changes, workspace.Id);
        }
    }

    private static void Count(Changes changes, Id<Workspace> workspace, bool isOn)
    {
        var count = isOn
            ? "(SELECT count(*) FROM members m WHERE m.workspace_id = $1 AND m.waits_since IS NOT NULL AND m.state = 'Active' "
                + "AND NOT m.has_seat)"
            : "0";
        changes.Execute(
            new(
                $"UPDATE tallies SET waiting = {count} WHERE workspace_id = $1 AND kind = 'Seats' AND slot = 0",
                [Value.Of("$1", workspace.Value)]
            )
        );
    }

    /// <summary>The same where the counts were made anew: what beside the limit they say of seats.</summary>
    public static void FormsAnew(Attempt attempt, WorkspaceContext workspace, WorkspaceConfiguration wanted)
    {
        var seats = new Counter
        {
            WorkspaceId = workspace.Id,
            Kind = CounterKind.Seats,
            Used = 0,
        };
        var asked = Seats.Asked(wanted, seats, wanted.Capacity.Seats, attempt.At);
        if (!asked.InLine && wanted.Capacity.Seats is not null)
        {
            FreeSeats.Order(attempt.Changes, workspace.Id); // the sender looks whether anything is free, once it is counted
        }

        if (asked is { InLine: false, Grace: null })
        {
            return;
        }

        attempt.Changes.Execute(
            new(
                $"UPDATE tallies SET in_line = $2, grace_days = $3{(asked.Grace is null ? "" : ", grace = $4")} WHERE workspace_id = $1 "
                    + "AND kind = 'Seats' AND slot = 0",
                [
                    Value.Of("$1", workspace.Id.Value),
                    Value.Of("$2", asked.InLine),
                    Value.Of("$3", asked.GraceDays),
                    .. asked.Grace is { } grace ? [Value.Of("$4", grace)] : Array.Empty<Func<DbCommand, DbParameter>>(),
                ]
            )
        );
        if (asked.InLine)
        {
            Count(attempt.Changes, workspace.Id, isOn: true);
            Ask(attempt.Changes, workspace.Id);
        }
    }

    /// <summary>One letter for what happens within a short time: no other one is ordered while one waits.</summary>
    private static async Task TellAdminsAsync(Attempt attempt, Id<Workspace> workspace, CancellationToken ct)
    {
        var subject = SubjectOf(workspace) + ":given";
        if (
            !attempt.Changes.Orders(OutboxKind.SeatsGivenMail)
            && !await attempt.Db.OutboxMessages.AnyAsync(
                m =>
                    m.Subject == subject
                    && m.Kind == OutboxKind.SeatsGivenMail
                    && m.DoneAt == null
                    && m.DeadAt == null
                    && m.ClaimedUntil == null,
                ct
            )
        )
        {
            attempt.Changes.Send(OutboxKind.SeatsGivenMail, workspace.Value, subject, workspace, after: PromoteWaiting.Collects);
        }
    }

    /// <summary>The highest priority of each of these members; who has none is missing.</summary>
    public static async Task<Dictionary<Id<Member>, int>> PrioritiesAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Id<Member>> members,
        CancellationToken ct
    )
    {
        var groups = await PriorityGroupsAsync(db, workspace, ct);
        var ids = groups.Select(g => g.Id).ToList();
        if (ids.Count == 0)
        {
            return [];
        }

        var inside = await db
            .GroupMembers.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace && members.Contains(g.MemberId) && ids.Contains(g.GroupId))
            .ToListAsync(ct);
        return inside.GroupBy(g => g.MemberId).ToDictionary(g => g.Key, g => g.Max(m => groups.Find(x => x.Id == m.GroupId)!.Priority));
    }

    private static Task<List<PriorityGroup>> PriorityGroupsAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        db
            .Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace && g.SeatPriority != null)
            .Select(g => new PriorityGroup(g.Id, g.SeatPriority!.Value))
            .ToListAsync(ct);

    private static IQueryable<Member> Among(MembershipDb db, Id<Workspace> workspace, List<Id<Group>> groups)
    {
        var ids = db.GroupMembers.Where(g => g.WorkspaceId == workspace && groups.Contains(g.GroupId)).Select(g => g.MemberId);
        return In(db, workspace).Where(m => ids.Contains(m.Id));
    }

    private static IQueryable<Member> Ordered(IQueryable<Member> some, int count, List<Member> but)
    {
        var known = but.Select(m => m.Id).ToList();
        var others = known.Count == 0 ? some : some.Where(m => !known.Contains(m.Id));
        return others.OrderBy(m => m.WaitsSince).ThenBy(m => m.Id).Take(count - known.Count);
    }

    private sealed record PriorityGroup(Id<Group> Id, int Priority);
}
