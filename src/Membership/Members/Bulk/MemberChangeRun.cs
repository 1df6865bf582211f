using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>How far a change of all that match is.</summary>
public enum MemberRunState
{
    /// <summary>The next of them are changed.</summary>
    Running,

    /// <summary>All were looked at, or it was broken off.</summary>
    Done,

    /// <summary>It is taken back, the last turn first.</summary>
    Undoing,

    /// <summary>What could be taken back is.</summary>
    Undone,
}

/// <summary>
/// A change of all members that match a search: a job that any server works off, turn by turn, in the name of whoever began it, whether
/// their browser is open or not. What each turn did stands in the audit log; here is how far it is. Its stored words may be those of a
/// later version.
/// </summary>
public sealed record MemberChangeRun
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id, that of the lines in the audit log.</summary>
    public required Id<BulkChange> Id { get; init; }

    /// <summary>The change, see <see cref="BulkChange.ToString"/>.</summary>
    public required string Change { get; init; }

    /// <summary>The search as JSON (<see cref="StoredSearch"/>); null once all were looked at.</summary>
    public string? Search { get; init; }

    /// <summary>
    /// While it runs: behind which place of the list it goes on. While it is taken back: before which line of the audit log. Null at the
    /// beginning of either.
    /// </summary>
    public string? Cursor { get; init; }

    /// <summary>How far it is.</summary>
    public required MemberRunState State { get; init; }

    /// <summary>How many matched when it began.</summary>
    public required long Total { get; init; }

    /// <summary>Whether there were just so many; otherwise there were more.</summary>
    public required bool TotalIsExact { get; init; }

    /// <summary>How many were changed.</summary>
    public int Changed { get; init; }

    /// <summary>How many had it already.</summary>
    public int Unchanged { get; init; }

    /// <summary>How many were refused.</summary>
    public int Refused { get; init; }

    /// <summary>How many of the changed were only invited and are gone for good.</summary>
    public int Ended { get; init; }

    /// <summary>How many have again what they had.</summary>
    public int Undone { get; init; }

    /// <summary>How many could not be given it back.</summary>
    public int Kept { get; init; }

    /// <summary>Why it was broken off, for people; null where it was not.</summary>
    public string? BrokenOff { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the last turn ended.</summary>
    public required DateTimeOffset MovedAt { get; init; }

    /// <summary>What kind of party began it.</summary>
    public required ActorKind ActorKind { get; init; }

    /// <summary>Which one; null for the operator.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>Their name at that time.</summary>
    public required string ActorName { get; init; }

    /// <summary>The door they came through.</summary>
    public required Door Door { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }

    /// <summary>Whether a server is at it.</summary>
    public bool IsWorked => State is MemberRunState.Running or MemberRunState.Undoing;

    /// <summary>How many it has come to.</summary>
    public int Seen => Changed + Unchanged + Refused;

    /// <summary>How many could still be given back what they had.</summary>
    public int Standing =>
        State == MemberRunState.Undone || BulkChange.Read(Change) is not { CanBeUndone: true }
            ? 0
            : Math.Max(0, Changed - Ended - Undone - Kept);

    /// <summary>Until when it can be taken back.</summary>
    internal DateTimeOffset UndoUntil => MovedAt + MemberChangeLines.UndoFor;

    /// <summary>In whose name it is worked off.</summary>
    internal JobStarter Starter => new(ActorKind, ActorId, ActorName, Door);
}
