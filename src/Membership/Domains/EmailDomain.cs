using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>What an address of a domain opens.</summary>
public enum DomainJoin
{
    /// <summary>Nothing.</summary>
    [Strictest]
    Off,

    /// <summary>Whoever proves it may ask to join; an admin decides.</summary>
    Request,

    /// <summary>Whoever proves it joins.</summary>
    Automatic,
}

/// <summary>Who said that a domain is the workspace's.</summary>
public enum DomainProof
{
    /// <summary>A TXT record of the domain (RFC 1035 section 3.3.14).</summary>
    Dns,

    /// <summary>The operator.</summary>
    Operator,
}

/// <summary>
/// An e-mail domain that a workspace claims. It opens nothing before it is proven to be the workspace's, and while the operator has not
/// allowed joining by domain there (<see cref="Workspace.DomainJoinAllowed"/>).
/// </summary>
public sealed record EmailDomain
{
    /// <summary>The name below the domain at which the TXT record is looked for.</summary>
    public const string RecordName = "_usermanagement";

    /// <summary>What stands before the token in the record.</summary>
    public const string RecordPrefix = "usermanagement-domain=";

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<EmailDomain> Id { get; init; }

    /// <summary>The domain in its ASCII form and lower case (RFC 5890).</summary>
    public required string Name { get; init; }

    /// <summary>What the record must hold; no secret, everybody may read it in DNS.</summary>
    public required string Token { get; init; }

    /// <summary>What an address of it opens.</summary>
    public DomainJoin Join { get; init; }

    /// <summary>The key of the role of whoever joins so; null for that of newcomers.</summary>
    public string? JoinRole { get; init; }

    /// <summary>When it was proven; null for not yet, or not any more.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>By what; null while it is not proven.</summary>
    public DomainProof? VerifiedBy { get; init; }

    /// <summary>When DNS was last asked; null for never.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>When it was claimed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>The name of the record.</summary>
    public string Record => $"{RecordName}.{Name}";

    /// <summary>What the record must hold.</summary>
    public string RecordValue => RecordPrefix + Token;
}
