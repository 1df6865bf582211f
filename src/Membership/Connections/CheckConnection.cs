using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Looks at a draft as saving would, and asks the provider, but stores nothing. The client's secret is not tried: only a
/// sign-in shows whether it is right. Refusals: <c>forbidden</c>, <c>notFound</c>, what <see cref="ConnectionCheck"/>
/// finds, and what the probe says.
/// </summary>
public sealed class CheckConnection(Store store)
{
    /// <summary>Looks.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspaceId">The workspace; the empty id for the installation.</param>
    /// <param name="id">The connection that it would change; null for a new one.</param>
    /// <param name="draft">The connection as wanted.</param>
    /// <param name="probe">Asks the provider.</param>
    /// <param name="ct">Stops the asking.</param>
    public async Task<Outcome<Nothing>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<IdentityConnection>? id,
        ConnectionDraft draft,
        ConnectionProbe probe,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ConfigureWorkspace, PortalScopes.SignIn) is { } refused)
        {
            return refused;
        }

        IdentityConnection? before = null;
        if (id is { } known)
        {
            await using var db = store.Read();
            before = await db
                .IdentityConnections.AsNoTracking()
                .FirstOrDefaultAsync(c => c.WorkspaceId == workspaceId && c.Id == known, ct);
            if (before is null)
            {
                return Refusal.NotFound("connection");
            }
        }

        if (ConnectionGuard.AgainstLink(actor, before, before is null ? draft : draft with { Enabled = before.Enabled }) is { } beyond)
        {
            return beyond;
        }

        var platform = workspaceId == default;
        return
            (
                ConnectionCheck.Check(draft, platform)
                ?? await probe(
                    draft.Onto(
                        new()
                        {
                            WorkspaceId = workspaceId,
                            // never the stored one's: nothing of this may reach what is kept of it
                            Id = Id<IdentityConnection>.New(store.Time),
                            Kind = draft.Kind,
                            Name = "",
                            Authority = "",
                            ClientId = "",
                            ClientAuthentication = draft.ClientAuthentication,
                            CredentialSealed = [],
                            Enabled = true,
                            CreatedAt = store.Time.Now(),
                            Version = 1,
                        },
                        store.Box
                    ),
                    ct
                )
            )
                is { } wrong
            ? wrong
            : default(Nothing);
    }
}
