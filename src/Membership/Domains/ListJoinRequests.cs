using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>Who asks to join and waits, the longest first. Refusal: <c>forbidden</c>.</summary>
public sealed class ListJoinRequests(Store store)
{
    /// <summary>So many are listed.</summary>
    public const int Most = 200;

    /// <summary>Lists them.</summary>
    public async Task<Outcome<IReadOnlyList<JoinRequest>>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await Waiting(db, workspaceId).OrderBy(r => r.Id).Take(Most).ToListAsync(ct);
    }

    /// <summary>How many wait, counted up to the number that is listed.</summary>
    public static Task<int> CountAsync(MembershipDb db, Id<Workspace> workspaceId, CancellationToken ct) =>
        Waiting(db, workspaceId).Take(Most).CountAsync(ct);

    private static IQueryable<JoinRequest> Waiting(MembershipDb db, Id<Workspace> workspaceId) =>
        db.JoinRequests.AsNoTracking().Where(r => r.WorkspaceId == workspaceId && r.State == JoinRequestState.Waiting);
}
