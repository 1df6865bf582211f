using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>Who may change a connection, and what keeps an admin from shutting themselves out by one of their own workspace.</summary>
internal static class ConnectionGuard
{
    /// <summary>Why the actor may change none at this moment; null when they may. A person proves anew who they are.</summary>
    public static Refusal? MayNot(Actor actor, Id<Workspace> workspace, DateTimeOffset at, PortalScopes orLink = PortalScopes.None) =>
        actor.Demand(workspace, Permission.ConfigureWorkspace, orLink) ?? RecentAuthentication.Check(actor, at);

    /// <summary>
    /// Why a link to the set-up portal may not make this of a connection: it sets the provider up, and whom that lets in is said by who
    /// manages the workspace; it connects one organisation. Null for everybody else.
    /// </summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="before">The connection; null for a new one.</param>
    /// <param name="draft">What becomes of it.</param>
    public static Refusal? AgainstLink(Actor actor, IdentityConnection? before, ConnectionDraft draft) =>
        PortalLink.Of(actor) is null ? null
        : before is { PortalLinkId: null } ? Refusal.NotFound("connection")
        : draft.UnknownMayJoin != (before?.UnknownMayJoin ?? false)
        || draft.TrustsUserNames != (before?.TrustsUserNames ?? false)
        || draft.SubjectIsExternalId != (before?.SubjectIsExternalId ?? false)
        || draft.AllowGuests != (before?.AllowGuests ?? false)
        || draft.AllowPersonalAccounts != (before?.AllowPersonalAccounts ?? false)
        || draft.Enabled != (before?.Enabled ?? true)
            ? Refusal.Forbidden("Whom a connection lets in, and whether it is on, is said by an admin of the workspace.")
        : draft is { Kind: ConnectionKind.Entra, Tenants.Count: 0 }
            ? Refusal.Invalid("tenants", "Say which tenant is yours: without it people of every one could come.")
        : draft is { Kind: ConnectionKind.Google, Domains.Count: 0 }
            ? Refusal.Invalid("domains", "Say which domains are yours: without them every Google account could come.")
        : null;

    /// <summary>Why the change may not be made; null when it may.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="before">The connection.</param>
    /// <param name="after">What becomes of it; null when it is removed.</param>
    /// <param name="ct">Stops the read.</param>
    public static async Task<Refusal?> AgainstAsync(
        Attempt attempt,
        IdentityConnection before,
        IdentityConnection? after,
        CancellationToken ct
    )
    {
        var narrows =
            after is null
            || after.Enabled != before.Enabled
            || after.Authority != before.Authority
            || after.Tenants != before.Tenants
            || after.Domains != before.Domains;
        if (before.IsPlatform || !narrows || await WorkspaceContext.ByIdAsync(attempt.Db, before.WorkspaceId, ct) is not { } workspace)
        {
            return null;
        }

        if (
            await LockoutGuard.GuardAsync(attempt, workspace, workspace.Configuration.SignIn, c => c.Id == before.Id ? after : c, ct) is
            { } against
        )
        {
            return against;
        }

        // One way at a time: who changes the policy or another connection at this moment judges anew.
        attempt.Changes.Update(workspace.Row, workspace.Row with { Version = workspace.Row.Version + 1 });
        return null;
    }
}
