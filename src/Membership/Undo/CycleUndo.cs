using UserManagement.Membership.Access;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>
/// That a cycle was undone, or is being undone: who asked, which lines of the audit log it is about, and how far it is. One row for each
/// cycle, so that none is undone twice.
/// </summary>
public sealed record CycleUndo
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The cycle.</summary>
    public required Id<ProvisioningCycle> Id { get; init; }

    /// <summary>The credential or app whose cycle it is.</summary>
    public required Guid ClientId { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string Client { get; init; }

    /// <summary>The cycle's number among those of the client.</summary>
    public required int Number { get; init; }

    /// <summary>What kind of party asked.</summary>
    public required ActorKind AskedKind { get; init; }

    /// <summary>Which one; null for the operator.</summary>
    public Guid? AskedById { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string AskedBy { get; init; }

    /// <summary>As which role it asked, whose reach bounds what is undone; null for the operator.</summary>
    public string? AskedAs { get; init; }

    /// <summary>Through which door.</summary>
    public required Door Door { get; init; }

    /// <summary>From which id on the lines of the audit log belong to it.</summary>
    public required Guid FirstLine { get; init; }

    /// <summary>The id before which they end: what the directory does after an undo has begun is not undone.</summary>
    public required Guid EndLine { get; init; }

    /// <summary>What is being worked off, see <see cref="UndoPhase"/>.</summary>
    public required UndoPhase Phase { get; init; }

    /// <summary>Before which line it goes on; it goes from the last to the first.</summary>
    public required Guid Cursor { get; init; }

    /// <summary>How many people and groups it is about.</summary>
    public required int Total { get; init; }

    /// <summary>How many of them are worked off.</summary>
    public int Seen { get; init; }

    /// <summary>How many are as before in part or not at all.</summary>
    public int LeftOut { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was over; null while it is under way.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>Counts the changes of phase and cursor.</summary>
    public required long Version { get; init; }

    /// <summary>How the audit log says why it was done.</summary>
    public string Reason => $"Cycle {Number} of {Client}{UndoReason.End}";

    /// <summary>Which lines it is about.</summary>
    internal CycleSpan Span => new(ClientId, FirstLine, EndLine);
}

/// <summary>What an undo works off, one after the other.</summary>
public enum UndoPhase
{
    /// <summary>The groups that were deleted, so that people find them again.</summary>
    Groups,

    /// <summary>People.</summary>
    People,

    /// <summary>Who is in groups, names of groups, and groups that were made.</summary>
    Members,

    /// <summary>Those whose former name was somebody else's until now.</summary>
    Again,
}

/// <summary>By what a line of the audit log is known to be an undo's.</summary>
internal static class UndoReason
{
    /// <summary>How the reason ends.</summary>
    public const string End = " was undone.";
}

/// <summary>What came of one person or group of a cycle that was undone.</summary>
public sealed record CycleUndoItem
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The cycle.</summary>
    public required Id<ProvisioningCycle> Id { get; init; }

    /// <summary>The person or group.</summary>
    public required Guid TargetId { get; init; }

    /// <summary><c>member</c> or <c>group</c>.</summary>
    public required string TargetKind { get; init; }

    /// <summary>The name at that time; null for none, and after an erasure.</summary>
    public string? TargetName { get; init; }

    /// <summary>What came of it.</summary>
    public required UndoEnd End { get; init; }

    /// <summary>What is not as before and why, in sentences; null for nothing, and after an erasure.</summary>
    public string? Reason { get; init; }
}

/// <summary>What came of somebody.</summary>
public enum UndoEnd
{
    /// <summary>As before the cycle.</summary>
    Undone,

    /// <summary>It was so already.</summary>
    Same,

    /// <summary>As before but for something; the reason says for what.</summary>
    Partly,

    /// <summary>Left as it is; the reason says why.</summary>
    Left,

    /// <summary>The former name was somebody else's: it is tried once more when all others are done.</summary>
    Again,
}
