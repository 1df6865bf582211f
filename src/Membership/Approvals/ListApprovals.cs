using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Approvals;

/// <summary>Reads what admins ask a second one for, newest first, at most a hundred. Refusals: <c>forbidden</c>.</summary>
public sealed class ListApprovals(Store store)
{
    private const int Most = 100;

    /// <summary>Reads them.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageMembers"/>.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<IReadOnlyList<Approval>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await db
            .Approvals.AsNoTracking()
            .Where(a => a.WorkspaceId == workspace)
            .OrderByDescending(a => a.Id)
            .Take(Most)
            .ToListAsync(ct);
    }
}
