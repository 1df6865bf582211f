using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>What the door tells of one request once its answer is made; <see cref="ProvisioningLog"/> makes a line of it.</summary>
public sealed record ProvisioningNote
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> Workspace { get; init; }

    /// <summary>See <see cref="ProvisioningLine.ClientId"/>.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>Its name.</summary>
    public required string Client { get; init; }

    /// <summary>Its User-Agent; null for none.</summary>
    public string? UserAgent { get; init; }

    /// <summary>When the request came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it took until the answer was made.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The address behind the workspace.</summary>
    public required string Path { get; init; }

    /// <summary>The kind of read, the same for all that may stand in one line; null where it must have a line of its own.</summary>
    public string? Kind { get; init; }

    /// <summary>What it was about: <c>member</c>, <c>group</c>; null for neither.</summary>
    public string? TargetKind { get; init; }

    /// <summary>Which one; null where nobody is known by it.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>The name to show; null where it is to be looked up, or there is none.</summary>
    public string? TargetName { get; init; }

    /// <summary>By which name it is found where there is no id; null for none.</summary>
    public string? SubjectName { get; init; }

    /// <summary>What came of it.</summary>
    public required ProvisioningOutcome Outcome { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The keyword of RFC 7644 section 3.12; null for none.</summary>
    public string? ScimType { get; init; }

    /// <summary>Why; null where nothing was amiss.</summary>
    public string? Code { get; init; }

    /// <summary>Why, in a sentence; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>What was sent, without secrets; null for nothing.</summary>
    public string? Request { get; init; }

    /// <summary>Whether it was cut.</summary>
    public bool Cut { get; init; }

    /// <summary>What was answered; null but for refusals.</summary>
    public string? Answer { get; init; }

    /// <summary>Whether somebody should look.</summary>
    public bool Failed => Outcome is ProvisioningOutcome.Refused or ProvisioningOutcome.Fault || Code is not null;

    /// <summary>About how many bytes it keeps in memory until it is written.</summary>
    internal int Size => 400 + (2 * ((Request?.Length ?? 0) + (Answer?.Length ?? 0) + Path.Length));
}

/// <summary>A request whose sender was not recognized: no token, a wrong one, or too many requests.</summary>
/// <param name="Slug">The workspace in the address; there may be none of that name.</param>
/// <param name="TokenHash">SHA-256 of the token that was shown; null for none.</param>
/// <param name="Status">401 or 429.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="UserAgent">Its User-Agent; null for none.</param>
public sealed record StrangerNote(string Slug, byte[]? TokenHash, int Status, string Method, string? UserAgent);
