using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;

namespace UserManagement.Membership.Workspaces;

/// <summary>By what a directory comes in, and what was seen of it: a token of its own, or an app that gets tokens of ten minutes.</summary>
/// <param name="LastUsedAt">The last use, to the minute; null for never.</param>
/// <param name="Client">The client's User-Agent at that use; null when unknown.</param>
/// <param name="Shape">Which directory it is by what it sends; null when unknown.</param>
/// <param name="Dialect">How its last PATCH was written; null before the first.</param>
public abstract record DirectorySeen(DateTimeOffset? LastUsedAt, string? Client, string? Shape, string? Dialect);

/// <summary>An app that a directory comes in by (OAuth client credentials, RFC 6749 section 4.4), as an admin sees it.</summary>
/// <param name="App">The app; it has the scope <c>scim</c>.</param>
/// <param name="HasProof">Whether it has a secret or a key: without one it gets no token.</param>
/// <param name="LastUsedAt">The last use at the SCIM door, to the minute; null for never.</param>
/// <param name="Client">The client's User-Agent at that use; null when unknown.</param>
/// <param name="Shape">Which directory it is by what it sends; null when unknown.</param>
/// <param name="Dialect">How its last PATCH was written; null before the first.</param>
public sealed record ScimProgramView(Client App, bool HasProof, DateTimeOffset? LastUsedAt, string? Client, string? Shape, string? Dialect)
    : DirectorySeen(LastUsedAt, Client, Shape, Dialect);

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
) : DirectorySeen(LastUsedAt, Client, Shape, Dialect);

/// <summary>Reads by what a workspace's directories come in. Refusal: <c>forbidden</c>.</summary>
public sealed class DirectoryPage(Store store)
{
    /// <summary>The tokens, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<ScimCredentialView>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ManageDirectory, PortalScopes.Directory) is { } refused)
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
            return new ScimCredentialView(c, c.IsLive(now), use?.LastUsedAt, use?.Client, use?.Shape, use?.Dialect);
        });
    }

    /// <summary>The apps with the scope <c>scim</c>, by name.</summary>
    public async Task<Outcome<IReadOnlyList<ScimProgramView>>> ProgramsAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var clients = await db.Clients.AsNoTracking().Where(c => c.WorkspaceId == workspace).Take(CreateClient.Most).ToListAsync(ct);
        var uses = await db
            .ScimCredentialUses.AsNoTracking()
            .Where(u => u.WorkspaceId == workspace)
            .ToDictionaryAsync(u => u.CredentialId.Value, ct);
        return clients
            .Where(c =>
                ClientSettings.Of(c) is { AllowClientCredentials: true } settings && settings.AllowedScopes.Contains(AppScopeNames.Scim)
            )
            .OrderBy(c => c.DisplayName, StringComparer.OrdinalIgnoreCase)
            .ThenBy(c => c.ClientId, StringComparer.Ordinal)
            .Select(c =>
            {
                var use = uses.GetValueOrDefault(c.Id);
                var hasProof = c.JsonWebKeySet is not null || ClientSecrets.Of(c).Count > 0;
                return new ScimProgramView(c, hasProof, use?.LastUsedAt, use?.Client, use?.Shape, use?.Dialect);
            })
            .ToList();
    }
}
