using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>Who may change a connection, and what keeps an admin from shutting themselves out by one of their own workspace.</summary>
internal static class ConnectionGuard
{
    /// <summary>Why the actor may change none at this moment; null when they may. A person proves anew who they are.</summary>
    public static Refusal? MayNot(Actor actor, Id<Workspace> workspace, DateTimeOffset at) =>
        actor.Demand(workspace, Permission.ConfigureWorkspace) ?? RecentAuthentication.Check(actor, at);

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
