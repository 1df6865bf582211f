using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>Who got a seat by themselves of late, by the audit log.</summary>
public static class GivenSeats
{
    private const int Most = 1000;

    /// <summary>The names of those, newest first, at most a thousand.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="since">From when on.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        DateTimeOffset since,
        CancellationToken ct
    )
    {
        var lines = await db
            .AuditEntries.AsNoTracking()
            .Where(a => a.WorkspaceId == workspace && a.Act == "seat.given")
            .OrderByDescending(a => a.Id)
            .Take(Most)
            .Select(a => new { a.At, a.TargetName })
            .ToListAsync(ct);
        return [.. lines.Where(l => l.At >= since).Select(l => l.TargetName ?? "")];
    }
}
