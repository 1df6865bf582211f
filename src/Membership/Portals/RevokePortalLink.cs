using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Portals;

/// <summary>
/// Takes a link back: whoever has it open gets no further. What was set up by it stays. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class RevokePortalLink(Store store)
{
    /// <summary>Revokes it; nothing happens when it was revoked already.</summary>
    public Task<Outcome<PortalLink>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<PortalLink> id, CancellationToken ct) =>
        store.ChangeAsync<PortalLink>(
            actor,
            workspaceId,
            "portalLink.revoked",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused)
                {
                    return refused;
                }

                if (
                    await attempt.Db.PortalLinks.AsNoTracking().FirstOrDefaultAsync(l => l.WorkspaceId == workspaceId && l.Id == id, ct)
                    is not { } link
                )
                {
                    return Refusal.NotFound("link");
                }

                if (link.RevokedAt is not null)
                {
                    return link;
                }

                var revoked = link with { RevokedAt = attempt.At, MailSealed = null };
                attempt.Changes.Update(link, revoked);
                CreatePortalLink.Tell(attempt, "portalLink.revoked", revoked);
                return revoked;
            },
            ct
        );
}
