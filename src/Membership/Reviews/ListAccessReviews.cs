using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>The access reviews of a workspace, the newest first, and when the next one is due. Refusal: <c>forbidden</c>.</summary>
public sealed class ListAccessReviews(Store store)
{
    /// <summary>So many are listed.</summary>
    public const int Most = 200;

    /// <summary>Lists them.</summary>
    public async Task<Outcome<IReadOnlyList<AccessReviewRow>>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var reviews = await db
            .AccessReviews.AsNoTracking()
            .Where(r => r.WorkspaceId == workspaceId)
            .OrderByDescending(r => r.Id)
            .Take(Most)
            .ToListAsync(ct);
        return await AccessReviewRow.ReadAsync(db, workspaceId, reviews, ct);
    }

    /// <summary>
    /// Since when a look through everybody is due (<see cref="ReviewReminders.NextAsync"/>); null where it is not the time yet.
    /// </summary>
    public async Task<DateTimeOffset?> DueSinceAsync(WorkspaceContext workspace, CancellationToken ct) =>
        (await DueAsync(workspace, ct))?.At;

    /// <summary>The same, with when everybody was looked through last.</summary>
    public async Task<ReviewDue?> DueAsync(WorkspaceContext workspace, CancellationToken ct)
    {
        await using var db = store.Read();
        return await ReviewReminders.DueAsync(db, workspace, ct) is { } due && due.At <= store.Time.Now() ? due : null;
    }
}
