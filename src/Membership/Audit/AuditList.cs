using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>One page of the audit log.</summary>
/// <param name="Entries">The lines, newest first.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, PageCursor? Next);

/// <summary>Reads a workspace's audit log, newest first. Refusal: <c>forbidden</c>.</summary>
public sealed class AuditList(Store store)
{
    /// <summary>Reads one page.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="act">Only acts that begin so (<c>member.</c>, <c>role.changed</c>); null for all.</param>
    /// <param name="target">Only about this thing; null for all.</param>
    /// <param name="after">The page that follows this place; null for the first.</param>
    /// <param name="count">How many, 1 to 200.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<AuditPage>> RunAsync(Actor actor, Id<Workspace> workspace, string? act, Guid? target, PageCursor? after, int count, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ReadAudit) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var found = db.AuditEntries.AsNoTracking().Where(a => a.WorkspaceId == workspace);
        if (act is { Length: > 0 })
        {
            found = found.Where(a => a.Act.StartsWith(act));
        }

        if (target is not null)
        {
            found = found.Where(a => a.TargetId == target);
        }

        if (after is { } place)
        {
            var id = new Id<AuditEntry>(place.Id);
            found = found.Where(a => a.Id < id);
        }

        count = Math.Clamp(count, 1, 200);
        var rows = await found.OrderByDescending(a => a.Id).Take(count + 1).ToListAsync(ct);
        return new AuditPage([.. rows.Take(count)], rows.Count > count ? new PageCursor("", rows[count - 1].Id.Value) : null);
    }
}
