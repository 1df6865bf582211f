using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>The lines that the turns of one run left, and which of them were taken back.</summary>
/// <param name="Change">The change.</param>
/// <param name="Turns">The line of each turn and what it says, oldest first.</param>
/// <param name="Undone">What took turns back.</param>
internal sealed record MemberChangeLines(
    BulkChange Change,
    IReadOnlyList<(AuditEntry Line, MemberChangeFacts Facts)> Turns,
    IReadOnlyList<MemberUndoFacts> Undone
)
{
    /// <summary>For how long after its last turn a run can be taken back.</summary>
    public static readonly TimeSpan UndoFor = TimeSpan.FromMinutes(15);

    private const int Most = 2000;

    /// <summary>The refusal after that.</summary>
    public static Refusal TooLate() => new(RefusalKind.Conflict, "undoOver", "It is too late to undo this. Change it back by hand.");

    /// <summary>Until when it can be taken back.</summary>
    public DateTimeOffset UndoUntil => Turns[^1].Line.At + UndoFor;

    /// <summary>The turns that changed somebody and are not taken back, newest first.</summary>
    public IEnumerable<(AuditEntry Line, MemberChangeFacts Facts)> Standing =>
        Turns.Reverse().Where(t => Change.CanBeUndone && t.Facts.Members.Count > 0 && Undone.All(u => u.Line != t.Line.Id.Value));

    /// <summary>Reads them; null where there is no such run, or it is not this actor's.</summary>
    public static async Task<MemberChangeLines?> ReadAsync(
        MembershipDb db,
        Actor actor,
        Id<Workspace> workspace,
        Id<BulkChange> run,
        CancellationToken ct
    )
    {
        var target = run.Value;
        var lines = await db
            .AuditEntries.AsNoTracking()
            .Where(a => a.WorkspaceId == workspace && a.TargetId == target && a.TargetKind == MemberChangeFacts.Target)
            .OrderBy(a => a.Id)
            .Take(Most)
            .ToListAsync(ct);
        List<(AuditEntry, MemberChangeFacts)> turns = [];
        List<MemberUndoFacts> undone = [];
        foreach (var line in lines.Where(l => actor.Unlimited || (l.ActorKind == actor.Kind && l.ActorId == actor.Id)))
        {
            if (line.Act == MemberChangeFacts.Act && MemberChangeFacts.Read(line) is { } facts)
            {
                turns.Add((line, facts));
            }
            else if (line.Act == MemberChangeFacts.UndoneAct && MemberChangeFacts.ReadUndo(line) is { } undo)
            {
                undone.Add(undo);
            }
        }

        return turns.Count > 0 && BulkChange.Read(turns[0].Item2.Change) is { } change ? new(change, turns, undone) : null;
    }
}
