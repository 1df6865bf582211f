using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Asks the provider whether it is what a draft says, before anything is stored: the relying party's word. Null when it is.
/// </summary>
/// <param name="connection">The connection as it would be stored.</param>
/// <param name="ct">Stops the asking.</param>
public delegate Task<Refusal?> ConnectionProbe(IdentityConnection connection, CancellationToken ct);

/// <summary>
/// Connects an OpenID provider to a workspace, or to the installation (the empty id, the operator alone). A link to the set-up portal
/// connects one that widens nothing (<see cref="ConnectionGuard.AgainstLink"/>). Refusals:
/// <c>forbidden</c>, <c>signInAgain</c>, <c>notFound</c>, <c>tooManyConnections</c>, <c>connectionThere</c> (sent twice), what
/// <see cref="ConnectionCheck"/> finds, and what the probe says (<c>issuerMismatch</c> and the like).
/// </summary>
public sealed class CreateConnection(Store store)
{
    /// <summary>How many a workspace may have.</summary>
    public const int Most = 50;

    /// <summary>Makes it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace; the empty id for the installation.</param>
    /// <param name="draft">The connection as wanted.</param>
    /// <param name="probe">Asks the provider.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <param name="id">An id that the caller made before, so that the redirect address could be shown; null for a new one.</param>
    public async Task<Outcome<IdentityConnection>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        ConnectionDraft draft,
        ConnectionProbe probe,
        CancellationToken ct,
        Id<IdentityConnection>? id = null
    )
    {
        var made = draft.Credential is null
            ? null
            : draft.Onto(
                new()
                {
                    WorkspaceId = workspaceId,
                    Id = id ?? Id<IdentityConnection>.New(store.Time),
                    Kind = draft.Kind,
                    Name = "",
                    Authority = "",
                    ClientId = "",
                    ClientAuthentication = draft.ClientAuthentication,
                    CredentialSealed = [],
                    Enabled = draft.Enabled,
                    PortalLinkId = PortalLink.Of(actor),
                    CreatedAt = store.Time.Now(),
                    Version = 1,
                },
                store.Box
            );

        // The right first: who may not connect a provider does not make the server dial either; the act below says no.
        if (
            ConnectionGuard.MayNot(actor, workspaceId, store.Time.Now(), PortalScopes.SignIn) is null
            && ConnectionGuard.AgainstLink(actor, null, draft) is null
            && (
                (
                    made is null
                        ? Refusal.Invalid("credential", "The client's secret or key is missing.")
                        : ConnectionCheck.Check(draft, made.IsPlatform)
                ) ?? await probe(made!, ct)
            )
                is { } wrong
        )
        {
            return wrong;
        }

        return await store.ChangeAsync<IdentityConnection>(
            actor,
            workspaceId,
            "connection.created",
            async attempt =>
            {
                if (
                    (
                        ConnectionGuard.MayNot(actor, workspaceId, attempt.At, PortalScopes.SignIn)
                        ?? ConnectionGuard.AgainstLink(actor, null, draft)
                    ) is
                    { } refused
                )
                {
                    return refused;
                }

                if (!made!.IsPlatform && await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is null)
                {
                    return Refusal.NotFound("workspace");
                }

                if (await attempt.Db.IdentityConnections.AnyAsync(c => c.Id == made.Id, ct))
                {
                    return new Refusal(RefusalKind.Conflict, "connectionThere", "This connection was made already.");
                }

                if (await attempt.Db.IdentityConnections.CountAsync(c => c.WorkspaceId == workspaceId, ct) >= Most)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "tooManyConnections",
                        $"There are {Most} connections already. Remove one first."
                    );
                }

                attempt.Changes.Add(made);
                attempt.Changes.Tell("connection.created", workspaceId, ("connection", made.Id.Value, made.Name), after: made);
                return made;
            },
            ct
        );
    }
}
