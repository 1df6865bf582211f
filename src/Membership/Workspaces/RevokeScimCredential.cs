using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Revokes a directory's token at once; a link to the set-up portal those alone that such a link made. Refusals: <c>forbidden</c>,
/// <c>notFound</c>.
/// </summary>
public sealed class RevokeScimCredential(Store store)
{
    /// <summary>Revokes it; nothing happens when it was revoked already.</summary>
    public Task<Outcome<ScimCredential>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<ScimCredential> id, CancellationToken ct) =>
        store.ChangeAsync<ScimCredential>(
            actor,
            workspaceId,
            "scimToken.revoked",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageDirectory, PortalScopes.Directory) is { } refused)
                {
                    return refused;
                }

                if (
                    await attempt.Db.ScimCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.WorkspaceId == workspaceId && c.Id == id, ct)
                        is not { } credential
                    || (PortalLink.Of(actor) is not null && credential.PortalLinkId is null)
                )
                {
                    return Refusal.NotFound("token");
                }

                if (credential.RevokedAt is not null)
                {
                    return credential;
                }

                var revoked = credential with { RevokedAt = attempt.At };
                attempt.Changes.Update(credential, revoked);
                attempt.Changes.Tell("scimToken.revoked", workspaceId, ("scimCredential", id.Value, credential.Name), credential, revoked);
                return revoked;
            },
            ct
        );
}
