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
public sealed record SeatNeed(long Needs, long? Free, int? Priority);

/// <summary>
/// Tells, before a role that needs a seat is given to a group, how many seats it takes. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ReadSeatNeed(Store store)
{
    /// <summary>Reads it for the active members of a group.</summary>
    public async Task<Outcome<SeatNeed>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Group> id, CancellationToken ct)
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

        var needs = await db
            .GroupMembers.Where(g => g.WorkspaceId == workspaceId && g.GroupId == id)
            .Join(db.Members, g => new { g.WorkspaceId, Id = g.MemberId }, m => new { m.WorkspaceId, m.Id }, (_, m) => m)
            .LongCountAsync(m => m.State == MemberState.Active && !m.HasSeat, ct);
        return new SeatNeed(needs, (await Counts.ReadAsync(db, workspaceId, ct)).Seats.RoomForNewAt(store.Time.Now()), group.SeatPriority);
    }
}
