using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// One line of the audit log, written in the transaction of what it tells of and never changed. What it says of people may be
/// erased (<see cref="Erasure"/>): ids, act, time and door stay, and the digest of what was there. Its place in the chain is kept beside
/// it, in an <see cref="AuditSegment"/>.
/// </summary>
public sealed record AuditEntry
{
    /// <summary>The workspace; the empty id for what concerns the installation or an account.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id; ordered by time.</summary>
    public required Id<AuditEntry> Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What kind of party acted.</summary>
    public required ActorKind ActorKind { get; init; }

    /// <summary>Which one; null for the operator and the system.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string ActorName { get; init; }

    /// <summary>Through which door.</summary>
    public required Door Door { get; init; }

    /// <summary>What was done: <c>member.provisioned</c>, <c>role.changed</c>.</summary>
    public required string Act { get; init; }

    /// <summary>
    /// To what kind of thing: <c>member</c>, <c>group</c>, <c>invitation</c>, <c>workspace</c>, <c>account</c>, <c>scimCredential</c>.
    /// </summary>
    public required string TargetKind { get; init; }

    /// <summary>To which one; null when there is none.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>Its name at that time.</summary>
    public string? TargetName { get; init; }

    /// <summary>What was changed, as it was before: a JSON object of the changed fields; null for what is new.</summary>
    public string? Before { get; init; }

    /// <summary>The same fields after; null for what is gone.</summary>
    public string? After { get; init; }

    /// <summary>The reason, in words: for a refusal its code; null when there is none.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it was refused; nothing was changed then.</summary>
    public bool Refused { get; init; }

    /// <summary>Nothing any more: a column of the first version, which stays while such builds may serve beside this one.</summary>
    public long? Sequence { get; init; }

    /// <summary>
    /// SHA-256 over <see cref="Salt"/> and what the line says of people, see <see cref="Erasure.Digest"/>; stays when that is
    /// erased. Null in lines of an older version, until they are erased.
    /// </summary>
    public byte[]? Digest { get; init; }

    /// <summary>
    /// Sixteen bytes by chance, without which nobody can try out names against the digest; erased with what was salted. Null in lines of an
    /// older version.
    /// </summary>
    public byte[]? Salt { get; init; }

    /// <summary>When what it says of a person was erased; null while it is whole.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Nothing any more, like <see cref="Sequence"/>.</summary>
    public byte[]? Chain { get; init; }
}
