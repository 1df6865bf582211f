using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>A key as an admin sees it.</summary>
/// <param name="Row">The key; what a program sends is nowhere.</param>
/// <param name="IsLive">Whether its time runs and nobody revoked it.</param>
/// <param name="LastUsedAt">The last use, to the minute; null for never.</param>
/// <param name="Client">The client's User-Agent at that use; null when unknown.</param>
public sealed record ApiKeyView(ApiKey Row, bool IsLive, DateTimeOffset? LastUsedAt, string? Client);

/// <summary>Reads the keys of a workspace, newest first, the last hundred. Refusal: <c>forbidden</c>.</summary>
public sealed class ListApiKeys(Store store)
{
    /// <summary>Reads them.</summary>
    public async Task<Outcome<IReadOnlyList<ApiKeyView>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var now = store.Time.Now();
        var rows = await (
            from k in db.ApiKeys.AsNoTracking()
            from u in db.ApiKeyUses.AsNoTracking().Where(u => u.WorkspaceId == k.WorkspaceId && u.KeyId == k.Id).DefaultIfEmpty()
            where k.WorkspaceId == workspace
            orderby k.Id descending
            select new { k, u }
        )
            .Take(100)
            .ToListAsync(ct);
        return rows.ConvertAll(r => new ApiKeyView(r.k, r.k.IsLive(now), r.u?.LastUsedAt, r.u?.Client));
    }
}
