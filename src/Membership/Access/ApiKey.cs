using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>
/// A key with which a program speaks REST for one workspace, as a role of its catalogue. It always ends by itself, and
/// it holds no longer than the member who made it is active and may hand out that role.
/// </summary>
public sealed record ApiKey
{
    /// <summary>The workspace it opens.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<ApiKey> Id { get; init; }

    /// <summary>A name for people: which program has it.</summary>
    public required string Name { get; init; }

    /// <summary>The key of the role as which it acts.</summary>
    public required string Role { get; init; }

    /// <summary>SHA-256 of the key; the key itself is shown once and kept nowhere.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>The last four characters of the key, to tell two apart.</summary>
    public required string KeyEnd { get; init; }

    /// <summary>The member for whom it stands; null for a key that the operator made, which outlives people.</summary>
    public Id<Member>? MadeById { get; init; }

    /// <summary>Who made it, by name at that time.</summary>
    public required string MadeBy { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether its time runs and nobody revoked it.</summary>
    public bool IsLive(DateTimeOffset at) => RevokedAt is null && at < ExpiresAt;
}

/// <summary>
/// When a key was last used, and by what: in a table of its own, written at most once a minute, so that reads stay reads.
/// </summary>
public sealed record ApiKeyUse
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The key.</summary>
    public required Id<ApiKey> KeyId { get; init; }

    /// <summary>The last use, to the minute.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>The client's User-Agent at that use, cut to 200 characters; null when it sent none.</summary>
    public string? Client { get; init; }
}
