using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>One page of cycles.</summary>
/// <param name="Cycles">Newest first.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
public sealed record CyclePage(IReadOnlyList<ProvisioningCycle> Cycles, PageCursor? Next);

/// <summary>What one request of a cycle made of somebody or of a group.</summary>
/// <param name="Line">The request.</param>
/// <param name="Entries">What the audit log has of it, oldest first: the fields before and after.</param>
public sealed record CycleChange(ProvisioningLine Line, IReadOnlyList<AuditEntry> Entries);

/// <summary>
/// Reads the cycles of a workspace's directories, and what one of them changed. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ListCycles(Store store)
{
    /// <summary>Reads one page of cycles.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageDirectory"/>.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="after">The page that follows this place; null for the first.</param>
    /// <param name="count">How many, 1 to 200.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<CyclePage>> RunAsync(Actor actor, Id<Workspace> workspace, PageCursor? after, int count, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        count = Math.Clamp(count, 1, 200);
        var found = db.ProvisioningCycles.AsNoTracking().Where(c => c.WorkspaceId == workspace);
        if (after is { } place)
        {
            var id = new Id<ProvisioningCycle>(place.Id);
            found = found.Where(c => c.Id < id);
        }

        var rows = await found.OrderByDescending(c => c.Id).Take(count + 1).ToListAsync(ct);
        return rows.Count > count ? new CyclePage(rows[..count], new PageCursor("", rows[count - 1].Id.Value)) : new CyclePage(rows, null);
    }

    /// <summary>
    /// What a cycle changed, oldest first: each writing request with the lines of the audit log that lie within its time and name the same
    /// client and the same person or group.
    /// </summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ManageDirectory"/> and <see cref="Permission.ReadAudit"/>.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="cycle">The cycle.</param>
    /// <param name="after">Only after this line; null for the first page.</param>
    /// <param name="count">How many lines it looks at, 1 to 200.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<IReadOnlyList<CycleChange>>> ChangesAsync(
        Actor actor,
        Id<Workspace> workspace,
        Id<ProvisioningCycle> cycle,
        Id<ProvisioningLine>? after,
        int count,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        if ((actor.Demand(workspace, Permission.ManageDirectory) ?? actor.Demand(workspace, Permission.ReadAudit)) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (
            await db.ProvisioningCycles.AsNoTracking().FirstOrDefaultAsync(c => c.WorkspaceId == workspace && c.Id == cycle, ct)
            is not { } its
        )
        {
            return Refusal.NotFound("cycle");
        }

        var (first, end) = (
            after ?? new Id<ProvisioningLine>(Ids.FirstAt(its.StartedAt)),
            new Id<ProvisioningLine>(Ids.FirstAt(its.LastAt + ProvisioningCycle.Gap))
        );
        var lines = await db
            .ProvisioningLines.AsNoTracking()
            .Where(l => l.WorkspaceId == workspace && l.ClientId == its.ClientId && l.Id > first && l.Id < end)
            .Where(l => l.CycleId == cycle.Value && l.TargetId != null && l.Method != "GET")
            .OrderBy(l => l.Id)
            .Take(Math.Clamp(count, 1, 200))
            .ToListAsync(ct);
        List<CycleChange> changes = [];
        Dictionary<Guid, Id<AuditEntry>> taken = [];
        foreach (var (line, at) in lines.Select((l, i) => (l, i)))
        {
            if (line.Outcome is ProvisioningOutcome.Unchanged or ProvisioningOutcome.Refused or ProvisioningOutcome.Absent)
            {
                changes.Add(new(line, []));
                continue;
            }

            var target = line.TargetId!.Value;
            var (from, to) = (
                new Id<AuditEntry>(Ids.FirstAt(line.At)),
                new Id<AuditEntry>(Ids.FirstAt(line.At + TimeSpan.FromMilliseconds(line.TookMs + 2)))
            );
            var before = taken.GetValueOrDefault(target);
            var entries = await db
                .AuditEntries.AsNoTracking()
                .Where(a => a.WorkspaceId == workspace && a.TargetId == target && a.Id >= from && a.Id < to && a.Id > before)
                .Where(a => a.ActorId == its.ClientId && !a.Refused)
                .OrderBy(a => a.Id)
                .ToListAsync(ct);
            if (entries.Count > 1 && lines.Skip(at + 1).Any(l => l.TargetId == target))
            {
                entries = entries[..1]; // in the same millisecond the next request about them began: one act has one line
            }

            taken[target] = entries.Count > 0 ? entries[^1].Id : before;
            changes.Add(new(line, entries));
        }

        return changes;
    }
}
