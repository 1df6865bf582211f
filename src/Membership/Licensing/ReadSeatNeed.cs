using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>What seats it would take to give a role that needs one to some people.</summary>
/// <param name="Needs">How many seats they need beside those that they have.</param>
/// <param name="Free">How many newcomers find; null for no limit. What people wait for already is not among them.</param>
/// <param name="Priority">The group's priority for seats; null for none.</param>
/// <param name="IsExact">Whether everybody was looked at; otherwise they need at least so many.</param>
public sealed record SeatNeed(long Needs, long? Free, int? Priority, bool IsExact = true);

/// <summary>
/// Tells, before a role that needs a seat is given to a group, how many seats it takes. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ReadSeatNeed(Store store)
{
    /// <summary>So many of a group are looked at for people who look, so that a group of any size costs the same.</summary>
    public const int MostLookedAt = 500;

    /// <summary>Reads it for the active members of a group.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The group.</param>
    /// <param name="most">How many of the group are looked at, those who are members longest; null for all.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<SeatNeed>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Group> id, int? most, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspaceId && g.Id == id, ct) is not { } group)
        {
            return Refusal.NotFound("group");
        }

        var inside = db.GroupMembers.Where(g => g.WorkspaceId == workspaceId && g.GroupId == id).OrderBy(g => g.MemberId);
        var isExact = most is not { } bound || !await inside.Select(g => g.MemberId).Skip(bound).AnyAsync(ct);
        var needs = await (isExact ? inside : inside.Take(most!.Value))
            .Join(
                db.Members.Where(m => m.WorkspaceId == workspaceId),
                g => new { g.WorkspaceId, Id = g.MemberId },
                m => new { m.WorkspaceId, m.Id },
                (_, m) => m
            )
            .LongCountAsync(m => m.State == MemberState.Active && !m.HasSeat, ct);
        var free = (await Counts.ReadAsync(db, workspaceId, ct)).Seats.RoomForNewAt(store.Time.Now());
        return new SeatNeed(needs, free, group.SeatPriority, isExact);
    }
}
