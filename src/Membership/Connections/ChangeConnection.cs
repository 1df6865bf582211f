using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// Changes a connection; the next request sees it. Switched off, it ends its sessions: switched on again, people sign in anew. Its kind
/// stays; whoever points it to another provider or client gives the secret anew, so that no secret travels to where it was not meant for.
/// Refusals: those of
/// <see cref="CreateConnection"/>, <c>stale</c>, <c>credentialNeeded</c>, and <c>noWayIn</c> and <c>locksYouOut</c> where the
/// change would shut the acting admin out (see <see cref="ChangeConfiguration"/>).
/// </summary>
public sealed class ChangeConnection(Store store)
{
    /// <summary>Changes it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace; the empty id for the installation's.</param>
    /// <param name="id">The connection.</param>
    /// <param name="seen">The version that the change is based on; null for any.</param>
    /// <param name="draft">The whole connection as wanted.</param>
    /// <param name="probe">Asks the provider.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<IdentityConnection>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<IdentityConnection> id,
        long? seen,
        ConnectionDraft draft,
        ConnectionProbe probe,
        CancellationToken ct
    )
    {
        if (ConnectionGuard.MayNot(actor, workspaceId, store.Time.Now(), PortalScopes.SignIn) is null)
        {
            await using var db = store.Read();
            if (!(await PlanAsync(db, workspaceId, id, seen, draft, ct)).Is(out var planned, out var refusal))
            {
                return refusal;
            }

            // switching off must work while the provider is away; for what a link may not do it dials nowhere, and the act below says no
            if (
                ConnectionGuard.AgainstLink(actor, planned.Before, draft) is null
                && planned.After.Enabled
                && await probe(planned.After, ct) is { } wrong
            )
            {
                return wrong;
            }
        }

        return await store.ChangeAsync<IdentityConnection>(
            actor,
            workspaceId,
            "connection.changed",
            async attempt =>
            {
                if (ConnectionGuard.MayNot(actor, workspaceId, attempt.At, PortalScopes.SignIn) is { } refused)
                {
                    return refused;
                }

                if (!(await PlanAsync(attempt.Db, workspaceId, id, seen, draft, ct)).Is(out var planned, out var refusal))
                {
                    return refusal;
                }

                var (before, after) = planned;
                if (ConnectionGuard.AgainstLink(actor, before, draft) is { } beyond)
                {
                    return beyond;
                }

                if (await ConnectionGuard.AgainstAsync(attempt, before, after, ct) is { } against)
                {
                    return against;
                }

                attempt.Changes.Update(before, after);
                if (after.Enabled != before.Enabled)
                {
                    // Off ends them for good; on ends what was opened at the very moment of switching off.
                    attempt.Changes.Execute(
                        new(
                            "UPDATE sessions SET ended_at = @p0 WHERE connection_id = @p1 AND ended_at IS NULL",
                            [Value.Of("@p0", attempt.At.ToUnixTimeMilliseconds()), Value.Of("@p1", id.Value)]
                        )
                    );
                }

                attempt.Changes.Tell(
                    "connection.changed",
                    workspaceId,
                    ("connection", id.Value, after.Name),
                    before,
                    after,
                    draft.Credential is null ? null : "with a new credential"
                );
                return after;
            },
            ct
        );
    }

    private async Task<Outcome<Planned>> PlanAsync(
        MembershipDb db,
        Id<Workspace> workspaceId,
        Id<IdentityConnection> id,
        long? seen,
        ConnectionDraft draft,
        CancellationToken ct
    )
    {
        if (
            await db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.WorkspaceId == workspaceId && c.Id == id, ct)
            is not { } before
        )
        {
            return Refusal.NotFound("connection");
        }

        if (seen is { } version && before.Version != version)
        {
            return Refusal.Stale();
        }

        if (!before.IsKnown)
        {
            return new Refusal(
                RefusalKind.Conflict,
                "laterConnection",
                "A later version of this server set this connection up in a way that this one does not know. Change it there."
            );
        }

        if (draft.Kind != before.Kind)
        {
            return Refusal.Invalid("kind", "The kind of a connection stays. Make another one.");
        }

        if (ConnectionCheck.Check(draft, before.IsPlatform) is { } wrong)
        {
            return wrong;
        }

        var moves =
            Receiver(before.Kind, draft.Authority) != Receiver(before.Kind, before.Authority)
            || draft.ClientId != before.ClientId
            || draft.ClientAuthentication != before.ClientAuthentication;
        return moves && draft.Credential is null
            ? new Refusal(
                RefusalKind.Invalid,
                "credentialNeeded",
                "Another provider or client needs its own secret: enter it.",
                "credential"
            )
            : new Planned(before, draft.Onto(before, store.Box) with { Version = before.Version + 1 });
    }

    /// <summary>Who gets the secret: at Entra one server for all tenants, elsewhere the issuer.</summary>
    private static string Receiver(ConnectionKind kind, string authority) =>
        kind == ConnectionKind.Entra ? new Uri(authority).GetLeftPart(UriPartial.Authority) : authority;

    private sealed record Planned(IdentityConnection Before, IdentityConnection After);
}
