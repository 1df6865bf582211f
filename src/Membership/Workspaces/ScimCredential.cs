using UserManagement.Membership.Portals;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// A token with which a directory speaks SCIM for one workspace. Two may be live, so that they can be exchanged without a gap.
/// </summary>
public sealed record ScimCredential
{
    /// <summary>The workspace it opens.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<ScimCredential> Id { get; init; }

    /// <summary>A name for people: what it was made for.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the token; the token itself is shown once and kept nowhere.</summary>
    public required byte[] TokenHash { get; init; }

    /// <summary>The last four characters of the token, to tell two apart.</summary>
    public required string TokenEnd { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The link to the set-up portal by which it was made; null for none. The link may be gone.</summary>
    public Id<PortalLink>? PortalLinkId { get; init; }

    /// <summary>Whether the token opens the door at this time.</summary>
    public bool IsLive(DateTimeOffset at) => RevokedAt is null && (ExpiresAt is not { } end || at < end);
}

/// <summary>
/// When a token was last used, and by what: in a table of its own, written at most once a minute, so that reads stay reads. Of an app
/// that comes to the SCIM door with tokens of ten minutes there is one for them all, under the app's id.
/// </summary>
public sealed record ScimCredentialUse
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The credential, or the app.</summary>
    public required Id<ScimCredential> CredentialId { get; init; }

    /// <summary>The last use, to the minute.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>The client's User-Agent at that use, cut to 200 characters; null when it sent none.</summary>
    public string? Client { get; init; }

    /// <summary>Which directory it is by what it sends, a word that <see cref="DirectoryClient"/> knows; null while nothing told.</summary>
    public string? Shape { get; init; }

    /// <summary>
    /// How its last PATCH was written: <see cref="DirectoryClient.OlderDialect"/> or <see cref="DirectoryClient.StandardDialect"/>; null
    /// before the first.
    /// </summary>
    public string? Dialect { get; init; }
}
