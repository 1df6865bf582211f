using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.AuditStreams;

/// <summary>How far the streams of all workspaces are behind, for whoever runs the servers.</summary>
public static class AuditStreamLag
{
    /// <summary>
    /// Since when the stream that is furthest behind owes its receiver a sealed line; null where none does. One that is off owes nothing.
    /// </summary>
    public static async Task<DateTimeOffset?> SinceAsync(MembershipDb db, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        var live =
            from s in db.AuditStreams
            join p in db.AuditStreamPositions on new { s.WorkspaceId, StreamId = s.Id } equals new { p.WorkspaceId, p.StreamId }
            where s.DisabledAt == null
            select p;

        // a segment of which a part was taken is left out: that is seconds ago, or the stream fails
        var owed = await (
            from p in live
            join g in db.AuditSegments on p.WorkspaceId equals g.WorkspaceId
            where g.First > p.Sequence
            select (DateTimeOffset?)g.At
        ).MinAsync(ct);
        var failing = await live.MinAsync(p => p.FailingSince, ct);
        return owed is null ? failing
            : failing < owed ? failing
            : owed;
    }
}
