using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// Takes the lines and cycles of the provisioning log, and what their undo needs, that are older than their workspace keeps them
/// (<see cref="ScimRules.DaysOfLog"/>), in small pieces along the key, oldest first.
/// </summary>
internal sealed class SweepProvisioning(Store store)
{
    private const int Piece = 500;
    private const int MostPieces = 40;
    private const int WorkspacesTogether = 200;
    private static readonly string[] Tables =
    [
        "provisioning_lines",
        "provisioning_cycles",
        "cycle_notes",
        "cycle_undo_items",
        "cycle_undos",
    ];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Runs once.</summary>
    /// <returns>How many pieces were taken, and whether more is due.</returns>
    public async Task<(int Pieces, bool IsMore)> RunAsync(CancellationToken ct)
    {
        var pieces = 0;
        Id<Workspace> after = default;
        while (true)
        {
            await using var db = store.Read();
            var some = await db
                .Workspaces.AsNoTracking()
                .Where(w => w.Id > after)
                .OrderBy(w => w.Id)
                .Take(WorkspacesTogether)
                .ToListAsync(ct);
            foreach (var (workspace, table, before) in await DueAsync(db, some, ct))
            {
                if (!await TakeAsync(db, workspace, table, before, () => ++pieces <= MostPieces, ct))
                {
                    return (Math.Min(pieces, MostPieces), true);
                }
            }

            if (some.Count < WorkspacesTogether)
            {
                return (pieces, false);
            }

            after = some[^1].Id;
        }
    }

    private async Task<List<(Guid Workspace, string Table, Guid Before)>> DueAsync(
        MembershipDb db,
        List<Workspace> workspaces,
        CancellationToken ct
    )
    {
        var batch = new ReadBatch();
        var asked = workspaces
            .SelectMany(w =>
            {
                var days = WorkspaceConfiguration.Read(w.Configuration).Scim.DaysOfLog;
                var before = Ids.FirstAt(store.Time.Now().AddDays(-days));
                return Tables.Select(table =>
                    (
                        Workspace: w.Id.Value,
                        Table: table,
                        Before: before,
                        Any: batch.Read(
                            $"SELECT 1 FROM {table} l WHERE l.workspace_id = $1 AND l.id < $2 LIMIT 1",
                            _ => true,
                            w.Id.Value,
                            before
                        )
                    )
                );
            })
            .ToList();
        await batch.RunAsync(db, ct);
        return [.. asked.Where(a => a.Any.First).Select(a => (a.Workspace, a.Table, a.Before))];
    }

    /// <returns>Whether all that was due is gone.</returns>
    private async Task<bool> TakeAsync(MembershipDb db, Guid workspace, string table, Guid before, Func<bool> mayGoOn, CancellationToken ct)
    {
        while (true)
        {
            if (!mayGoOn())
            {
                return false;
            }

            try
            {
                await store.WriteBesideAsync(
                    [
                        new Statement(
                            $"DELETE FROM {table} WHERE workspace_id = $1 AND id IN (SELECT m.id FROM {table} m WHERE m.workspace_id = $1 "
                                + $"AND m.id < $2 ORDER BY m.id LIMIT {Piece} {db.SkippingKept})",
                            [Value.Of("$1", workspace), Value.Of("$2", before)]
                        ),
                    ],
                    Patience,
                    ct
                );
            }
            catch (DbException fault) when (db.Classify(fault) == WriteFault.Contention)
            {
                return false; // others write; it has time
            }

            var again = new ReadBatch();
            var any = again.Read($"SELECT 1 FROM {table} l WHERE l.workspace_id = $1 AND l.id < $2 LIMIT 1", _ => true, workspace, before);
            await again.RunAsync(db, ct);
            if (!any.First)
            {
                return true;
            }
        }
    }
}
