using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// Reads what is amiss with a workspace's directories, as it was last looked at, what is urgent first. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class ListDirectoryConcerns(Store store)
{
    /// <summary>What is amiss; empty when all is well.</summary>
    public async Task<Outcome<IReadOnlyList<DirectoryConcern>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageDirectory, PortalScopes.Directory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var now = store.Time.Now();
        var stored = await db.DirectoryConcerns.AsNoTracking().Where(c => c.WorkspaceId == workspace).ToListAsync(ct);
        var ended = await db
            .ScimCredentials.AsNoTracking()
            .Where(c => c.WorkspaceId == workspace && c.RevokedAt != null)
            .Select(c => c.Id)
            .ToListAsync(ct);
        // a token that was just revoked is no concern any more
        return stored
            .Where(c =>
                c.Kind is not (DirectoryConcernKind.TokenEndsSoon or DirectoryConcernKind.TokenEnded) || !ended.Contains(new(c.About))
            )
            .OrderByDescending(c => c.IsUrgent)
            .ThenBy(c => c.Kind)
            .ThenBy(c => c.Name, StringComparer.Ordinal)
            .ToList();
    }
}
