using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>A connection as an admin of a workspace sees it.</summary>
/// <param name="Row">The connection.</param>
/// <param name="IsOffered">Whether the workspace's policy offers it now.</param>
/// <param name="LastUsedAt">When somebody last signed in through it towards this workspace; null for never.</param>
public sealed record ConnectionView(IdentityConnection Row, bool IsOffered, DateTimeOffset? LastUsedAt);

/// <summary>Who depends on a connection.</summary>
/// <param name="Users">Active members who have signed in through it.</param>
/// <param name="Losers">Those among them who have no other way in now: no password or passkey that is taken, no other login that is let
/// in.</param>
public sealed record ConnectionUsers(int Users, int Losers);

/// <summary>Reads what the page about a workspace's connections shows. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ConnectionPage(Store store)
{
    /// <summary>All that could open the workspace: its own first, then the installation's.</summary>
    public async Task<Outcome<IReadOnlyList<ConnectionView>>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var rows = await LockoutGuard.ConnectionsAsync(db, workspaceId, ct);
        var uses = await db
            .ConnectionUses.AsNoTracking()
            .Where(u => rows.Select(r => r.Id).Contains(u.ConnectionId) && u.WorkspaceId == workspaceId)
            .ToDictionaryAsync(u => u.ConnectionId, u => u.LastUsedAt, ct);
        return rows.OrderBy(r => r.IsPlatform)
            .Select(r => new ConnectionView(
                r,
                r.IsOffered(workspaceId, workspace.Configuration.SignIn),
                uses.TryGetValue(r.Id, out var at) ? at : null
            ))
            .ToList();
    }

    /// <summary>Who depends on one of the workspace's own connections.</summary>
    public async Task<Outcome<ConnectionUsers>> UsersAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<IdentityConnection> id,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var connections = await LockoutGuard.ConnectionsAsync(db, workspaceId, ct);
        if (!connections.Any(c => c.Id == id && !c.IsPlatform))
        {
            return Refusal.NotFound("connection");
        }

        var users = db
            .Members.Where(m => m.WorkspaceId == workspaceId && m.State == MemberState.Active && m.AccountId != null)
            .Where(m => db.Logins.Where(l => l.ConnectionId == id).Select(l => l.AccountId).Contains(m.AccountId!.Value))
            .Select(m => m.AccountId!.Value);
        var count = await users.CountAsync(ct);
        return new ConnectionUsers(
            count,
            count - await users.Where(a => Others(db, workspace, connections, id).Contains(a)).CountAsync(ct)
        );
    }

    /// <summary>Accounts that get in by something other than one connection, as a set: a union of what each way says.</summary>
    private static IQueryable<Id<Account>> Others(
        MembershipDb db,
        WorkspaceContext workspace,
        List<IdentityConnection> connections,
        Id<IdentityConnection> but
    )
    {
        var rules = workspace.Configuration.SignIn;
        var ways = db
            .LocalCredentials.Where(c => rules.LocalPassword && c.PasswordHash != null)
            .Select(c => c.AccountId)
            .Union(db.Passkeys.Where(_ => rules.LocalPassword).Select(p => p.AccountId));
        foreach (var connection in connections.Where(c => c.Id != but && c.IsOffered(workspace.Id, rules)))
        {
            var logins = db.Logins.Where(l => l.ConnectionId == connection.Id);
            foreach (
                var list in ConnectionPolicy
                    .TenantsIn(connection, workspace)
                    .Where(l => l.Count > 0 && connection.Kind == ConnectionKind.Entra)
            )
            {
                logins = logins.Where(l => l.TenantId != null && list.Contains(l.TenantId));
            }

            foreach (
                var list in ConnectionPolicy
                    .DomainsIn(connection, workspace)
                    .Where(l => l.Count > 0 && connection.Kind == ConnectionKind.Google)
            )
            {
                logins = logins.Where(l => l.HostedDomain != null && list.Contains(l.HostedDomain));
            }

            ways = ways.Union(logins.Select(l => l.AccountId));
        }

        return ways;
    }
}
