using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>Lists apps. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ListClients(Store store)
{
    /// <summary>Those of a workspace, or with null those of the installation, by client id.</summary>
    public async Task<Outcome<IReadOnlyList<Client>>> RunAsync(Actor actor, Id<Workspace>? workspaceId, CancellationToken ct)
    {
        if (ClientAct.Demand(actor, workspaceId) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await db.Clients.AsNoTracking().Where(c => c.WorkspaceId == workspaceId).OrderBy(c => c.ClientId).Take(1000).ToListAsync(ct);
    }

    /// <summary>When each of these was last used, to the minute; who never was is not among them.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> LastUsesAsync(IReadOnlyList<Client> clients, CancellationToken ct)
    {
        var ids = clients.Select(c => c.Id).ToList();
        await using var db = store.Read();
        return await db
            .ClientUses.AsNoTracking()
            .Where(u => ids.Contains(u.ClientId))
            .ToDictionaryAsync(u => u.ClientId, u => u.LastUsedAt, ct);
    }

    /// <summary>One by its client id, wherever it belongs; null when it is not there. For the protocol's own endpoints.</summary>
    public async Task<Client?> FindAsync(string clientId, CancellationToken ct)
    {
        await using var db = store.Read();
        return await db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.ClientId == clientId, ct);
    }
}
