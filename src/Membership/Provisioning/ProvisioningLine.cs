using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>What came of a directory's request.</summary>
public enum ProvisioningOutcome
{
    /// <summary>Somebody or a group was made.</summary>
    Created,

    /// <summary>Something of them is different now.</summary>
    Changed,

    /// <summary>The request was understood, and everything was so already.</summary>
    Unchanged,

    /// <summary>The person may use the workspace now and could not before.</summary>
    Activated,

    /// <summary>The person may use the workspace no more.</summary>
    Deactivated,

    /// <summary>The person or group is gone.</summary>
    Deleted,

    /// <summary>It is remembered and not carried out: it waits for an admin.</summary>
    Held,

    /// <summary>Something was read or looked for; nothing was changed.</summary>
    Read,

    /// <summary>It was about somebody who is not here, and that is no fault: a look, or the end of somebody who has ended.</summary>
    Absent,

    /// <summary>The server said no; nothing was changed.</summary>
    Refused,

    /// <summary>A fault of the server's, or a database that is away.</summary>
    Fault,

    /// <summary>
    /// No request: more came than could be written down, and <see cref="ProvisioningLine.Times"/> of them are missing here.
    /// </summary>
    Lost,
}

/// <summary>
/// One request of a directory, or several reads of one kind in one line; see <see cref="ProvisioningLog"/> for which. Written beside the
/// facts, in batches: what a request did is in the audit log, what came of it for the directory is here.
/// </summary>
public sealed record ProvisioningLine
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id; ids follow the time of the answer.</summary>
    public required Id<ProvisioningLine> Id { get; init; }

    /// <summary>When it came; of several the last.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Until the answer was made, in milliseconds: what the request did lies in this span of the audit log.</summary>
    public required int TookMs { get; init; }

    /// <summary>Who asked: the credential's or the app's id; empty where no token of this workspace was shown.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string Client { get; init; }

    /// <summary>Its User-Agent, cut to 200 characters; null for none.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The cycle that it belongs to (<see cref="ProvisioningCycle"/>); empty for none.</summary>
    public required Guid CycleId { get; init; }

    /// <summary>The HTTP method; of an operation of a bulk request its own.</summary>
    public required string Method { get; init; }

    /// <summary>The address behind the workspace, without what names somebody in a filter that is more than one comparison.</summary>
    public required string Path { get; init; }

    /// <summary>What it was about: <c>member</c>, <c>group</c>; null for neither.</summary>
    public string? TargetKind { get; init; }

    /// <summary>Which one; null where nobody is known by it.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>The name at that time, or the one that was sent; null for none, and after an erasure.</summary>
    public string? TargetName { get; init; }

    /// <summary>
    /// By what lines about one person or group are found: the id, or of somebody who has none a digest of the name
    /// (<see cref="ProvisioningSubject"/>); null where it is about nobody.
    /// </summary>
    public Guid? Subject { get; init; }

    /// <summary>What came of it.</summary>
    public required ProvisioningOutcome Outcome { get; init; }

    /// <summary>Whether somebody should look: it was refused, met a fault, or was done in part.</summary>
    public required bool Failed { get; init; }

    /// <summary>The HTTP status that was answered; 0 for <see cref="ProvisioningOutcome.Lost"/>.</summary>
    public required int Status { get; init; }

    /// <summary>The keyword of RFC 7644 section 3.12; null for none.</summary>
    public string? ScimType { get; init; }

    /// <summary>Why, as a code that <see cref="ProvisioningAdvice"/> has words for; null where nothing was amiss.</summary>
    public string? Code { get; init; }

    /// <summary>Why, in a sentence with the figures of that moment; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>What was sent, as JSON without secrets; null for nothing.</summary>
    public string? Request { get; init; }

    /// <summary>Whether something of <see cref="Request"/> was cut for its length.</summary>
    public bool Cut { get; init; }

    /// <summary>What was answered, as JSON; null but where it was refused.</summary>
    public string? Answer { get; init; }

    /// <summary>How many requests stand in this line; 1 but for reads of one kind, and what was lost.</summary>
    public required int Times { get; init; }

    /// <summary>When what it said of a person was erased; null while it is whole.</summary>
    public DateTimeOffset? ErasedAt { get; init; }
}
