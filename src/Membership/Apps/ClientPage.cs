using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>An app as an admin of its workspace sees it.</summary>
/// <param name="Row">The app.</param>
/// <param name="LastUsedAt">When it was last used, to the minute; null for never.</param>
/// <param name="LastUsedBy">Who of the workspace signed in through it then; null when it acted for itself, or who it was is gone.</param>
/// <param name="HasRole">Whether its role stands: false when the role is gone, or nobody who may grant it stands behind it.</param>
public sealed record ClientView(Client Row, DateTimeOffset? LastUsedAt, Member? LastUsedBy, bool HasRole);

/// <summary>Reads what the page about a workspace's apps shows. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ClientPage(Store store)
{
    /// <summary>The workspace's own, by name.</summary>
    public async Task<Outcome<IReadOnlyList<ClientView>>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct) =>
        ClientAct.Demand(actor, workspaceId) is { } refused ? refused : await ReadAsync(workspaceId, null, ct);

    /// <summary>One of them.</summary>
    public async Task<Outcome<ClientView>> OneAsync(Actor actor, Id<Workspace> workspaceId, string clientId, CancellationToken ct) =>
        ClientAct.Demand(actor, workspaceId) is { } refused ? refused
        : (await ReadAsync(workspaceId, clientId, ct)).Value is [var found] ? found
        : Refusal.NotFound("app");

    /// <summary>The names of the installation's apps, which serve this workspace's people too; the operator manages them.</summary>
    public async Task<Outcome<IReadOnlyList<string>>> OfInstallationAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (ClientAct.Demand(actor, workspaceId) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var rows = await db.Clients.AsNoTracking().Where(c => c.WorkspaceId == null).OrderBy(c => c.ClientId).Take(100).ToListAsync(ct);
        return rows.Where(r => ClientSettings.Of(r).RedirectUris.Count > 0).Select(r => r.DisplayName!).ToList();
    }

    /// <summary>How many people are signed in through it now.</summary>
    public async Task<Outcome<int>> UsersAsync(Actor actor, Id<Workspace> workspaceId, string clientId, CancellationToken ct)
    {
        if (ClientAct.Demand(actor, workspaceId) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var id = await db
            .Clients.Where(c => c.ClientId == clientId && c.WorkspaceId == workspaceId)
            .Select(c => (Guid?)c.Id)
            .FirstOrDefaultAsync(ct);
        var at = store.Time.Now();
        return id is null
            ? Refusal.NotFound("app")
            : await (
                from g in db.AppGrants
                join s in db.Sessions on g.SessionId equals (Id<Session>?)s.Id
                where
                    g.ApplicationId == id
                    && g.Status == AppAccess.Valid
                    && g.Type == AppAccess.AdHoc
                    && s.EndedAt == null
                    && s.ExpiresAt > at
                select g.AccountId
            )
                .Distinct()
                .CountAsync(ct);
    }

    private async Task<Outcome<IReadOnlyList<ClientView>>> ReadAsync(Id<Workspace> workspaceId, string? clientId, CancellationToken ct)
    {
        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var rows = await db
            .Clients.AsNoTracking()
            .Where(c => c.WorkspaceId == workspaceId && (clientId == null || c.ClientId == clientId))
            .OrderBy(c => c.ClientId)
            .Take(CreateClient.Most)
            .ToListAsync(ct);
        var ids = rows.ConvertAll(r => r.Id);
        var uses = await db.ClientUses.AsNoTracking().Where(u => ids.Contains(u.ClientId)).ToDictionaryAsync(u => u.ClientId, ct);
        var accounts = uses.Values.Where(u => u.AccountId != null).Select(u => u.AccountId).Distinct().ToList();
        var makers = rows.Where(r => r.RoleGivenById != null).Select(r => r.RoleGivenById!.Value).Distinct().ToList();
        var members = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && (accounts.Contains(m.AccountId) || makers.Contains(m.Id)))
            .ToListAsync(ct);
        return rows.OrderBy(r => r.DisplayName, StringComparer.OrdinalIgnoreCase)
            .ThenBy(r => r.ClientId, StringComparer.Ordinal)
            .Select(r =>
            {
                var use = uses.GetValueOrDefault(r.Id);
                var maker = members.FirstOrDefault(m => m.Id == r.RoleGivenById);
                return new ClientView(
                    r,
                    use?.LastUsedAt,
                    use?.AccountId is { } account ? members.FirstOrDefault(m => m.AccountId == account) : null,
                    r.Role is null || RecognizeApiKey.IsBacked(r.Role, r.RoleGivenById, maker?.State, maker?.Role, workspace)
                );
            })
            .ToList();
    }
}
