using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// How people get into a workspace, and the rule that nobody who changes that locks themselves out: after the change
/// the acting admin has a way in that they had before (a password or passkey that is taken, a login that is let in), or an admin
/// tried the new policy within the last half hour and got in. A try takes the place of no fresh proof. The operator is free: the link of
/// <see cref="InviteAdmin"/> opens a workspace under every policy.
/// </summary>
internal static class LockoutGuard
{
    /// <summary>Judges a change before it is written.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="workspace">The workspace as it is.</param>
    /// <param name="rules">The rules as they would be.</param>
    /// <param name="change">What becomes of each connection; null removes it.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>Null when the change may be made. Refusals: <c>noWayIn</c>, <c>locksYouOut</c>.</returns>
    public static async Task<Refusal?> GuardAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        SignInRules rules,
        Func<IdentityConnection, IdentityConnection?> change,
        CancellationToken ct
    )
    {
        if (attempt.Actor.Unlimited)
        {
            return null;
        }

        var db = attempt.Db;
        var connections = await ConnectionsAsync(db, workspace.Id, ct);
        var changed = connections.Select(change).OfType<IdentityConnection>().ToList();
        var after = workspace with { Configuration = workspace.Configuration with { SignIn = rules } };
        if (!rules.LocalPassword && !changed.Any(c => c.IsOffered(workspace.Id, rules)))
        {
            return new(
                RefusalKind.Conflict,
                "noWayIn",
                "Nobody could sign in any more: passwords would be off, and no connection would be offered.",
                "signIn"
            );
        }

        var people = await AccountAsync(db, attempt.Actor, ct) is { } me ? [me] : await AdminsAsync(db, workspace, ct);
        if (
            !await AnyWayAsync(db, workspace, connections, people, ct)
            || await AnyWayAsync(db, after, changed, people, ct)
            || await IsProvenAsync(attempt, after, changed, ct)
        )
        {
            return null;
        }

        return new(
            RefusalKind.Conflict,
            "locksYouOut",
            "You could not get in any more: none of the ways in which you sign in would be let in. Try it first: sign in by a "
                + "way that stays, and save within half an hour.",
            "signIn"
        );
    }

    /// <summary>The account of who acts; null when no person does.</summary>
    public static async Task<Id<Account>?> AccountAsync(MembershipDb db, Actor actor, CancellationToken ct) =>
        actor is { Member: { } member, Workspace: { } workspace }
            ? await db
                .Members.AsNoTracking()
                .Where(m => m.WorkspaceId == workspace && m.Id == member)
                .Select(m => m.AccountId)
                .FirstOrDefaultAsync(ct)
            : null;

    /// <summary>All connections that could open a workspace: its own and the installation's, enabled or not.</summary>
    public static Task<List<IdentityConnection>> ConnectionsAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct)
    {
        Id<Workspace> platform = default;
        return db
            .IdentityConnections.AsNoTracking()
            .Where(c => c.WorkspaceId == workspace || c.WorkspaceId == platform)
            .OrderBy(c => c.Name)
            .ThenBy(c => c.Id)
            .ToListAsync(ct);
    }

    /// <summary>Whether a login gets into the workspace as it stands there.</summary>
    public static bool IsOpen(Login login, IReadOnlyList<IdentityConnection> connections, WorkspaceContext workspace) =>
        connections.FirstOrDefault(c => c.Id == login.ConnectionId) is { } connection
        && (connection.Kind != ConnectionKind.Oidc || connection.Authority == login.Issuer)
        && ConnectionPolicy.Refuse(connection, workspace, login.TenantId, login.HostedDomain) is null;

    private static async Task<bool> AnyWayAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        List<IdentityConnection> connections,
        List<Id<Account>> people,
        CancellationToken ct
    )
    {
        // A workspace that takes passwords takes passkeys of this server as well, and no others do.
        if (
            workspace.Configuration.SignIn.LocalPassword
            && (
                await db.LocalCredentials.AnyAsync(c => people.Contains(c.AccountId) && c.PasswordHash != null, ct)
                || await db.Passkeys.AnyAsync(p => people.Contains(p.AccountId), ct)
            )
        )
        {
            return true;
        }

        var logins = await db.Logins.AsNoTracking().Where(l => people.Contains(l.AccountId)).ToListAsync(ct);
        return logins.Any(l => IsOpen(l, connections, workspace));
    }

    private static Task<List<Id<Account>>> AdminsAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct)
    {
        var roles = workspace.Configuration.Roles.Where(r => r.IsAdmin).Select(r => r.Key).ToList();
        return db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace.Id && m.State == MemberState.Active && m.AccountId != null && roles.Contains(m.Role))
            .Select(m => m.AccountId!.Value)
            .Take(200)
            .ToListAsync(ct);
    }

    private static async Task<bool> IsProvenAsync(
        Attempt attempt,
        WorkspaceContext after,
        List<IdentityConnection> connections,
        CancellationToken ct
    )
    {
        var text = SignInTest.Text(after.Configuration.SignIn);
        var passed = await attempt
            .Db.SignInTests.AsNoTracking()
            .Where(t => t.WorkspaceId == after.Id && t.EndsAt > attempt.At && t.Passed && t.Rules == text)
            .ToListAsync(ct);
        if (passed.Count == 0)
        {
            return false;
        }

        var admins = await AdminsAsync(attempt.Db, after, ct);
        return passed.Any(t =>
            admins.Contains(t.AccountId)
            && connections.FirstOrDefault(c => c.Id == t.ConnectionId) is { } connection
            && connection.Version == t.ConnectionVersion
            && ConnectionPolicy.Refuse(connection, after, t.Result?.TenantId, t.Result?.HostedDomain) is null
        );
    }
}
