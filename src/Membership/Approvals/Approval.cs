using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Approvals;

/// <summary>What a workspace may let two admins do together (<see cref="WorkspaceConfiguration.FourEyes"/>).</summary>
public enum FourEyesAct
{
    /// <summary>Giving somebody an admin's role.</summary>
    GrantAdmin,

    /// <summary>Making a token for a directory.</summary>
    [Strictest]
    IssueDirectoryToken,

    /// <summary>Carrying out what is held of a directory: people, everybody, or a group that it would empty.</summary>
    ReleaseHeld,
}

/// <summary>How a request for an approval stands; one whose time is over counts as none.</summary>
public enum ApprovalState
{
    /// <summary>Nobody decided.</summary>
    Waiting,

    /// <summary>A second admin said yes: who asked may do it once.</summary>
    Approved,

    /// <summary>A second admin said no.</summary>
    Rejected,

    /// <summary>It was done.</summary>
    Used,
}

/// <summary>That an admin wants to do something to which a second one must say yes.</summary>
public sealed record Approval
{
    /// <summary>How long it waits for a second admin, and then for whoever asked.</summary>
    public static readonly TimeSpan Lives = TimeSpan.FromDays(3);

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<Approval> Id { get; init; }

    /// <summary>What is asked for.</summary>
    public required FourEyesAct Act { get; init; }

    /// <summary>To whom it would be done; empty where it is about nobody.</summary>
    public required Guid TargetId { get; init; }

    /// <summary>The name of that one; null for none, and after an erasure.</summary>
    public string? TargetName { get; init; }

    /// <summary>The key of the role, the name of the token, or who is meant of the held.</summary>
    public required string Value { get; init; }

    /// <summary>What kind of party asks.</summary>
    public required ActorKind AskedKind { get; init; }

    /// <summary>Which one.</summary>
    public required Guid AskedById { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string AskedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Until when it may be decided; once approved, until when it may be done.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How it stands.</summary>
    public required ApprovalState State { get; init; }

    /// <summary>Who decided; null while nobody did, and for the operator.</summary>
    public Guid? DecidedById { get; init; }

    /// <summary>Their name at that time.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When they did.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Counts its changes.</summary>
    public required long Version { get; init; }

    /// <summary>How the value of a request ends that asks for a merge.</summary>
    internal const string AsOne = ", as the person who is here already";

    /// <summary>Whether somebody may still decide.</summary>
    public bool IsOpen(DateTimeOffset at) => State == ApprovalState.Waiting && at < ExpiresAt;

    /// <summary>What is asked for, in words: <c>make Ada Lovelace Admin</c>.</summary>
    public string Sentence(WorkspaceConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Act switch
        {
            FourEyesAct.GrantAdmin => $"make {TargetName ?? "somebody who was erased"} {configuration.Role(Value)?.Label ?? Value}",
            FourEyesAct.IssueDirectoryToken => $"make the directory token {Value}",
            FourEyesAct.ReleaseHeld when Value.EndsWith(AsOne, StringComparison.Ordinal) =>
                $"carry out what the directory says of {(TargetName ?? Value[..^AsOne.Length]) + AsOne}",
            FourEyesAct.ReleaseHeld => $"carry out what the directory says of {TargetName ?? Value}",
            _ => "do what a later version of this server knows",
        };
    }
}
