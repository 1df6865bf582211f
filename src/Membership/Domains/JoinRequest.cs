using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>How a request to join stands.</summary>
public enum JoinRequestState
{
    /// <summary>The mail that proves the address was not answered yet.</summary>
    Unproven,

    /// <summary>It waits for an admin.</summary>
    Waiting,

    /// <summary>An admin said yes: the person is invited.</summary>
    Approved,

    /// <summary>An admin said no.</summary>
    Rejected,
}

/// <summary>Somebody with an address of a workspace's domain who asks to join. The queue of the admins, and no membership.</summary>
public sealed record JoinRequest
{
    /// <summary>What the secret of its mail is sealed for.</summary>
    public const string ProofPurpose = "join-request";

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<JoinRequest> Id { get; init; }

    /// <summary>The domain.</summary>
    public required Id<EmailDomain> DomainId { get; init; }

    /// <summary>The address, which is the user name that they will have.</summary>
    public required string UserName { get; init; }

    /// <summary>The address as a key.</summary>
    public required string UserNameKey { get; init; }

    /// <summary>How it stands.</summary>
    public required JoinRequestState State { get; init; }

    /// <summary>SHA-256 of the mailed secret that proves the address; null where the sign-in proved it, and once it did.</summary>
    public byte[]? ProofHash { get; init; }

    /// <summary>That secret, sealed, until it is mailed; null afterwards.</summary>
    public byte[]? ProofSealed { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When an admin decided; null while it waits.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Which admin; null for a program or the operator.</summary>
    public Id<Member>? DecidedBy { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }
}
