using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>
/// An admin says how much earlier than others the members of a group get the seats for which they wait, also of a directory's group.
/// Whoever has a seat keeps it. Refusals: <c>notFound</c>, <c>forbidden</c>, a number that is not 1 to 100.
/// </summary>
public sealed class SetSeatPriority(Store store)
{
    /// <summary>The highest.</summary>
    public const int Most = 100;

    /// <summary>Sets it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The group.</param>
    /// <param name="priority">1 to 100, the highest first; null for none.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Group>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Group> id, int? priority, CancellationToken ct) =>
        store.ChangeAsync<Group>(
            actor,
            workspaceId,
            "group.seatPriority",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageSeats) is { } refused)
                {
                    return refused;
                }

                if (priority is < 1 or > Most)
                {
                    return Refusal.Invalid("seatPriority", $"A priority is 1 to {Most}, or none.");
                }

                if (
                    await attempt.Db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspaceId && g.Id == id, ct)
                    is not { } group
                )
                {
                    return Refusal.NotFound("group");
                }

                if (group.SeatPriority == priority)
                {
                    return group;
                }

                var after = group with { SeatPriority = priority };
                attempt.Changes.Update(group, after);
                attempt.Changes.Tell("group.seatPriority", workspaceId, ("group", id.Value, group.DisplayName), group, after);
                return after;
            },
            ct
        );
}
