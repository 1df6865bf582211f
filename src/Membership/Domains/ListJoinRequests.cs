using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>Who asks to join and waits.</summary>
/// <param name="Listed">The first of them, the longest first.</param>
/// <param name="HasMore">Whether more wait than are listed.</param>
public sealed record JoinRequestQueue(IReadOnlyList<JoinRequest> Listed, bool HasMore);

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

    /// <summary>The same, with whether there are more of them.</summary>
    public async Task<Outcome<JoinRequestQueue>> QueueAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var rows = await Waiting(db, workspaceId).OrderBy(r => r.Id).Take(Most + 1).ToListAsync(ct);
        return new JoinRequestQueue([.. rows.Take(Most)], rows.Count > Most);
    }

    /// <summary>How many wait, counted up to the number that is listed; of more that there are more.</summary>
    public static async Task<(int Count, bool IsExact)> CountAsync(MembershipDb db, Id<Workspace> workspaceId, CancellationToken ct)
    {
        var count = await Waiting(db, workspaceId).Take(Most + 1).CountAsync(ct);
        return (Math.Min(count, Most), count <= Most);
    }

    private static IQueryable<JoinRequest> Waiting(MembershipDb db, Id<Workspace> workspaceId) =>
        db.JoinRequests.AsNoTracking().Where(r => r.WorkspaceId == workspaceId && r.State == JoinRequestState.Waiting);
}
