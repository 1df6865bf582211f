using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>Reads the stories of people and groups from a cycle on.</summary>
internal static class Stories
{
    /// <summary>Reads them, each under the index of the lines about one thing.</summary>
    public static async Task<IReadOnlyDictionary<Guid, Story>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        CycleSpan span,
        IReadOnlyList<CycleSpan> undone,
        IReadOnlyList<Guid> targets,
        CancellationToken ct
    )
    {
        var (lines, notes) = (RowReader<AuditEntry>.Of(db), RowReader<CycleNote>.Of(db));
        var batch = new ReadBatch();
        var ids = db.IdList([.. targets]);
        var found = batch.Read(
            $"SELECT {lines.Columns("a")} FROM {lines.Table} a WHERE {db.IsAmong("a.workspace_id", "$1", "a.target_id", "$2")} AND a.id >= $3",
            row => lines.Read(row, 0),
            workspace.Value,
            ids,
            span.First
        );
        var kept = batch.Read(
            $"SELECT {notes.Columns("n")} FROM {notes.Table} n WHERE {db.IsAmong("n.workspace_id", "$1", "n.target_id", "$2")} AND n.id >= $3",
            row => notes.Read(row, 0),
            workspace.Value,
            ids,
            span.First
        );
        await batch.RunAsync(db, ct);
        var facts = kept.Rows.ToDictionary(n => n.Id.Value, n => NoteFacts.Read(n.Facts));
        return found
            .Rows.GroupBy(l => l.TargetId!.Value)
            .ToDictionary(g => g.Key, g => Story.Of(g.Key, g.OrderBy(l => l.Id), facts, span, undone));
    }

    /// <summary>The cycles of a workspace that were undone, or are being.</summary>
    public static async Task<IReadOnlyList<CycleSpan>> UndoneAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        [.. (await db.CycleUndos.AsNoTracking().Where(u => u.WorkspaceId == workspace).ToListAsync(ct)).Select(u => u.Span)];
}
