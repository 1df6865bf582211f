using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>A directory's token as an admin sees it.</summary>
/// <param name="Credential">The credential; the token itself is nowhere.</param>
/// <param name="IsLive">Whether it opens the door now.</param>
/// <param name="LastUsedAt">The last use, to the minute; null for never.</param>
/// <param name="Client">The client's User-Agent at that use; null when unknown.</param>
/// <param name="Shape">Which directory it is by what it sends; null when unknown.</param>
/// <param name="Dialect">How its last PATCH was written; null before the first.</param>
public sealed record ScimCredentialView(
    ScimCredential Credential,
    bool IsLive,
    DateTimeOffset? LastUsedAt,
    string? Client,
    string? Shape,
    string? Dialect
)
{
    /// <summary>Whether it opens the door for less than thirty more days.</summary>
    public bool EndsSoon { get; init; }
}

/// <summary>Reads the tokens of a workspace's directory, newest first. Refusal: <c>forbidden</c>.</summary>
public sealed class DirectoryPage(Store store)
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    /// <summary>Reads them.</summary>
    public async Task<Outcome<IReadOnlyList<ScimCredentialView>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var now = store.Time.Now();
        var uses = await db
            .ScimCredentialUses.AsNoTracking()
            .Where(u => u.WorkspaceId == workspace)
            .ToDictionaryAsync(u => u.CredentialId, ct);
        var credentials = await db
            .ScimCredentials.AsNoTracking()
            .Where(c => c.WorkspaceId == workspace)
            .OrderByDescending(c => c.Id)
            .Take(50)
            .ToListAsync(ct);
        return credentials.ConvertAll(c =>
        {
            var use = uses.GetValueOrDefault(c.Id);
            return new ScimCredentialView(c, c.IsLive(now), use?.LastUsedAt, use?.Client, use?.Shape, use?.Dialect)
            {
                EndsSoon = c.IsLive(now) && !c.IsLive(now + Soon),
            };
        });
    }
}
