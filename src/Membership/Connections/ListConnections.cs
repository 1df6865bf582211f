using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>Lists connections: for the sign-in page (those that open a workspace) and for the page that sets them up.</summary>
public sealed class ListConnections(Store store)
{
    /// <summary>Those that a sign-in page offers, the workspace's own first; with null the installation's alone.</summary>
    public async Task<IReadOnlyList<IdentityConnection>> OfferedAsync(WorkspaceContext? workspace, CancellationToken ct)
    {
        await using var db = store.Read();
        if (workspace is not null)
        {
            return await ConnectionPolicy.OfferedAsync(db, workspace, ct);
        }

        Id<Workspace> platform = default;
        var rows = await db.IdentityConnections.AsNoTracking().Where(c => c.WorkspaceId == platform && c.Enabled).ToListAsync(ct);
        return [.. rows.Where(c => c.IsKnown).OrderBy(c => c.Name, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Those that a workspace owns (the installation's for the empty id); for a link to the set-up portal those that such a link made.
    /// Refusals: <c>forbidden</c>, <c>notFound</c>.
    /// </summary>
    public async Task<Outcome<IReadOnlyList<IdentityConnection>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace, PortalScopes.SignIn) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var isLink = PortalLink.Of(actor) is not null;
        return await db
            .IdentityConnections.AsNoTracking()
            .Where(c => c.WorkspaceId == workspace && (!isLink || c.PortalLinkId != null))
            .OrderBy(c => c.Name)
            .ThenBy(c => c.Id)
            .Take(200)
            .ToListAsync(ct);
    }
}
