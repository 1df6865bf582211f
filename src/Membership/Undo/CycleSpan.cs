using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>Which lines of the audit log are a cycle's: those of its client within its time.</summary>
/// <param name="Client">The credential or app.</param>
/// <param name="First">The least id.</param>
/// <param name="End">The id before which they end.</param>
internal readonly record struct CycleSpan(Guid Client, Guid First, Guid End)
{
    /// <summary>Of a cycle; where it is still open, of what was until now.</summary>
    public static CycleSpan Of(ProvisioningCycle cycle, TimeProvider time)
    {
        var (end, next) = (Ids.FirstAt(cycle.LastAt + ProvisioningCycle.Gap), Ids.Next(time));
        return new(cycle.ClientId, Ids.FirstAt(cycle.StartedAt), end.CompareTo(next) < 0 ? end : next);
    }

    /// <summary>Whether a line is the cycle's.</summary>
    public bool Includes(AuditEntry line) =>
        line.ActorId == Client && line.Id.Value.CompareTo(First) >= 0 && line.Id.Value.CompareTo(End) < 0;

    /// <summary>The lines that tell what the client itself changed, not what followed from it.</summary>
    public IQueryable<AuditEntry> Lines(MembershipDb db, Id<Workspace> workspace)
    {
        var (client, first, end) = (Client, new Id<AuditEntry>(First), new Id<AuditEntry>(End));
        return db
            .AuditEntries.AsNoTracking()
            .Where(a => a.WorkspaceId == workspace && a.Id >= first && a.Id < end && a.ActorId == client && !a.Refused)
            .Where(a => a.TargetId != null && (a.Act.StartsWith("member.") || a.Act.StartsWith("group.")));
    }

    /// <summary>How many people and groups it is about.</summary>
    public Task<int> CountAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        Lines(db, workspace).Select(a => a.TargetId).Distinct().CountAsync(ct);

    /// <summary>The next of them, from the last to the first, and where the following page goes on; null on the last.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="kind"><c>member</c> or <c>group</c>; null for both.</param>
    /// <param name="before">Only lines before this one.</param>
    /// <param name="count">How many lines are looked at.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<(IReadOnlyList<(string Kind, Guid Id)> Targets, Guid? Next)> PageAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        string? kind,
        Guid before,
        int count,
        CancellationToken ct
    )
    {
        var last = new Id<AuditEntry>(before);
        var lines = await Lines(db, workspace)
            .Where(a => a.Id < last && (kind == null || a.TargetKind == kind))
            .OrderByDescending(a => a.Id)
            .Select(a => new
            {
                a.Id,
                a.TargetKind,
                a.TargetId,
            })
            .Take(count)
            .ToListAsync(ct);
        return ([.. lines.Select(l => (l.TargetKind, l.TargetId!.Value)).Distinct()], lines.Count < count ? null : lines[^1].Id.Value);
    }
}
