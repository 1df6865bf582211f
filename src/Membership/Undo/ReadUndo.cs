using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>How far the undo of a cycle is, and what came of it.</summary>
/// <param name="Run">The undo.</param>
/// <param name="Left">Those that are not wholly as before, in the order of their names; the first of them.</param>
public sealed record UndoProgress(CycleUndo Run, IReadOnlyList<CycleUndoItem> Left);

/// <summary>Reads how far an undo is. Refusals: <c>forbidden</c>, <c>notFound</c> where the cycle was not undone.</summary>
public sealed class ReadUndo(Store store)
{
    /// <summary>How many of those that are left it names.</summary>
    public const int MostLeft = 500;

    /// <summary>Reads it.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageDirectory"/>.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="id">The cycle.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<UndoProgress>> RunAsync(Actor actor, Id<Workspace> workspace, Id<ProvisioningCycle> id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await db.CycleUndos.AsNoTracking().FirstOrDefaultAsync(u => u.WorkspaceId == workspace && u.Id == id, ct) is not { } run)
        {
            return Refusal.NotFound("undo");
        }

        var left = await db
            .CycleUndoItems.AsNoTracking()
            .Where(i => i.WorkspaceId == workspace && i.Id == id && (i.End == UndoEnd.Left || i.End == UndoEnd.Partly))
            .OrderBy(i => i.TargetKind)
            .ThenBy(i => i.TargetName)
            .ThenBy(i => i.TargetId)
            .Take(MostLeft)
            .ToListAsync(ct);
        return new UndoProgress(run, left);
    }

    /// <summary>The undos among some cycles, by cycle.</summary>
    public async Task<Outcome<IReadOnlyDictionary<Guid, CycleUndo>>> AmongAsync(
        Actor actor,
        Id<Workspace> workspace,
        IReadOnlyList<Id<ProvisioningCycle>> cycles,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var runs = await db.CycleUndos.AsNoTracking().Where(u => u.WorkspaceId == workspace && cycles.Contains(u.Id)).ToListAsync(ct);
        return runs.ToDictionary(r => r.Id.Value);
    }
}
