using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>A directory's token as an admin sees it.</summary>
/// <param name="Credential">The credential; the token itself is nowhere.</param>
/// <param name="IsLive">Whether it opens the door now.</param>
/// <param name="LastUsedAt">The last use, to the minute; null for never.</param>
/// <param name="Client">The client's User-Agent at that use; null when unknown.</param>
public sealed record ScimCredentialView(ScimCredential Credential, bool IsLive, DateTimeOffset? LastUsedAt, string? Client);

/// <summary>Reads the tokens of a workspace's directory, newest first. Refusal: <c>forbidden</c>.</summary>
public sealed class DirectoryPage(Store store)
{
    /// <summary>Reads them.</summary>
    public async Task<Outcome<IReadOnlyList<ScimCredentialView>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var now = store.Time.Now();
        var uses = await db.ScimCredentialUses.AsNoTracking().Where(u => u.WorkspaceId == workspace).ToDictionaryAsync(u => u.CredentialId, ct);
        var credentials = await db.ScimCredentials.AsNoTracking().Where(c => c.WorkspaceId == workspace).OrderByDescending(c => c.Id).Take(50).ToListAsync(ct);
        return credentials.ConvertAll(c => new ScimCredentialView(c, c.IsLive(now), uses.GetValueOrDefault(c.Id)?.LastUsedAt, uses.GetValueOrDefault(c.Id)?.Client));
    }
}
