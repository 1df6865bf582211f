using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// The look through all members of a workspace after its rules, or a large group, changed; one row for each workspace. It goes along the
/// members' ids in turns. What changes while it is under way lets it go round once more from where it stands, so that everybody is looked
/// at after the last change and nobody waits for ever.
/// </summary>
public sealed record RuleRun
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Why, in words: <c>The rule "Engineering" was changed</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>The member behind whom this round began.</summary>
    public required Id<Member> BeganAfter { get; init; }

    /// <summary>The last member that was looked at.</summary>
    public required Id<Member> Cursor { get; init; }

    /// <summary>Whether it passed the last member and goes on from the first.</summary>
    public bool IsBehindEnd { get; init; }

    /// <summary>How many members there were when it began.</summary>
    public required long Total { get; init; }

    /// <summary>How many of them this round looked at.</summary>
    public long Seen { get; init; }

    /// <summary>How many were given something else.</summary>
    public long Changed { get; init; }

    /// <summary>For how many there was no seat: they stay as they are.</summary>
    public long LeftOut { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the last turn was.</summary>
    public DateTimeOffset? MovedAt { get; init; }

    /// <summary>When it had looked at everybody; null while it is under way.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>Counts the turns and the changes that let it go round again.</summary>
    public required long Version { get; init; }
}
