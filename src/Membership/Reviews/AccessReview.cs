using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>
/// A look through the people of a workspace, or a part of them: who keeps access, who does not, decided by whom and when. One is open at a
/// time; a finished one is evidence and changes no more. It holds no names: those are read from the members, so an erasure reaches them.
/// </summary>
public sealed record AccessReview
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<AccessReview> Id { get; init; }

    /// <summary>The key of the role whose people are looked at; null for every role.</summary>
    public string? Role { get; init; }

    /// <summary>The group whose people are looked at; null for all.</summary>
    public Id<Group>? GroupId { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Which admin began it; null for a program or the operator.</summary>
    public Id<Member>? StartedBy { get; init; }

    /// <summary>How many people keep their access.</summary>
    public long Kept { get; init; }

    /// <summary>How many were suspended.</summary>
    public long Suspended { get; init; }

    /// <summary>How many were removed.</summary>
    public long Removed { get; init; }

    /// <summary>Behind whom, in the order of the list, it goes on when it is opened again; null for the beginning.</summary>
    public Id<Member>? ResumeAfter { get; init; }

    /// <summary>When it was finished; null while it is open.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Which admin finished it; null while it is open, and for a program or the operator.</summary>
    public Id<Member>? FinishedBy { get; init; }

    /// <summary>How many people nobody had decided about when it was finished; null while it is open, and where they were too many to
    /// count.</summary>
    public long? NotDecided { get; init; }

    /// <summary>Counts the changes; a change names the version it saw.</summary>
    public required long Version { get; init; }

    /// <summary>About how many people somebody decided.</summary>
    public long Decided => Kept + Suspended + Removed;

    /// <summary>Whether it is about everybody.</summary>
    public bool IsOfAll => Role is null && GroupId is null;

    internal MemberListQuery Scope => new() { Role = Role, Group = GroupId };

    /// <summary>The review with one more or one less of a verdict.</summary>
    internal AccessReview Count(AccessVerdict verdict, int by) =>
        verdict switch
        {
            AccessVerdict.Suspend => this with { Suspended = Suspended + by },
            AccessVerdict.Remove => this with { Removed = Removed + by },
            _ => this with { Kept = Kept + by },
        };
}
