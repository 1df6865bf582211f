using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Recovery;

/// <summary>
/// Whether the master key is the one of the database: asked before a server serves it, and before a backup takes its place.
/// </summary>
public sealed class FitsMasterKey(Store store)
{
    /// <summary>Asks by the keys that every server makes at its first start.</summary>
    /// <returns>False when there are some and neither key opens the newest.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        await using var db = store.Read();
        var app = await db.AppKeys.AsNoTracking().OrderByDescending(k => k.Number).Select(k => k.Sealed).FirstOrDefaultAsync(ct);
        var ring = await db.ProtectionKeys.AsNoTracking().OrderByDescending(k => k.CreatedAt).Select(k => k.Sealed).FirstOrDefaultAsync(ct);
        return app is null && ring is null
            || (app is not null && store.Box.Open(ReadAppKeys.Purpose, app) is not null)
            || (ring is not null && store.Box.Open(ProtectionKey.Purpose, ring) is not null);
    }
}
