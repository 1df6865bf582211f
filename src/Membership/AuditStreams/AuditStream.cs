using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.AuditStreams;

/// <summary>How a stream speaks.</summary>
public enum AuditStreamKind
{
    /// <summary>Syslog (RFC 5424) over TLS (RFC 5425).</summary>
    Syslog,

    /// <summary>JSON lines, posted by HTTPS.</summary>
    Https,
}

/// <summary>
/// Where a workspace's audit log goes as it is written: a SIEM of the workspace's own. What is sent is what is sealed, in the order of its
/// chain, at least once: see <see cref="AuditStreamPosition"/>.
/// </summary>
public sealed record AuditStream
{
    /// <summary>What its token is sealed for.</summary>
    public const string Purpose = "audit-stream";

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<AuditStream> Id { get; init; }

    /// <summary>Which receiver it is, for people.</summary>
    public required string Name { get; init; }

    /// <summary>How it speaks; never changes.</summary>
    public required AuditStreamKind Kind { get; init; }

    /// <summary>Where to: an https address, or <c>host:port</c> for syslog.</summary>
    public required string Address { get; init; }

    /// <summary>
    /// Certificate authorities of the receiver's own as PEM, for syslog alone: these and no others are then believed. Null for the
    /// machine's.
    /// </summary>
    public string? Authorities { get; init; }

    /// <summary>The bearer token that goes with each request, sealed; null for none, and for syslog.</summary>
    public byte[]? TokenSealed { get; init; }

    /// <summary>When it was turned off; null while it is on.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }
}

/// <summary>
/// How far a stream is, in a row of its own, so that an admin's change and the sending do not meet. One server at a time has it in hand.
/// </summary>
public sealed record AuditStreamPosition
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The stream.</summary>
    public required Id<AuditStream> StreamId { get; init; }

    /// <summary>The place in the workspace's chain of the last line that was taken; 0 for none.</summary>
    public required long Sequence { get; init; }

    /// <summary>When a line was last taken; null for never.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Until when a server has it in hand; null while none has.</summary>
    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <summary>Since when nothing is taken; null while all is well.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When it is tried again; null for at once.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>How often in a row it failed.</summary>
    public int Tries { get; init; }

    /// <summary>Why not, in words for admins; null while all is well.</summary>
    public string? LastError { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }
}
