using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>What an access review says of a person.</summary>
public enum AccessVerdict
{
    /// <summary>They keep their access.</summary>
    Keep,

    /// <summary>They are suspended.</summary>
    Suspend,

    /// <summary>They are removed.</summary>
    Remove,
}

/// <summary>What makes a person worth a second look.</summary>
public enum ReviewMark
{
    /// <summary>Never signed in to this workspace.</summary>
    NeverSignedIn,

    /// <summary>Not here for <see cref="ReviewMarks.InactiveAfter"/>.</summary>
    Inactive,

    /// <summary>The role is an admin's.</summary>
    Admin,

    /// <summary>The address is of none of the workspace's proven domains; nobody has this mark where there are none.</summary>
    ExternalDomain,
}

/// <summary>What was decided about one person in one review, and what the reviewer saw. The last decision before the end holds.</summary>
public sealed record AccessDecision
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The review.</summary>
    public required Id<AccessReview> ReviewId { get; init; }

    /// <summary>About whom.</summary>
    public required Id<Member> MemberId { get; init; }

    /// <summary>What was decided, and done.</summary>
    public required AccessVerdict Verdict { get; init; }

    /// <summary>The key of the role that they had.</summary>
    public required string Role { get; init; }

    /// <summary>The key of the license that they had; null for none.</summary>
    public string? License { get; init; }

    /// <summary>When they had last signed in; null for never, and once the person is erased.</summary>
    public DateTimeOffset? LastSignInAt { get; init; }

    /// <summary>The marks that they had, in camel case, with commas between; empty for none.</summary>
    public required string Marks { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>Which admin decided; null for a program or the operator.</summary>
    public Id<Member>? DecidedBy { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }
}
