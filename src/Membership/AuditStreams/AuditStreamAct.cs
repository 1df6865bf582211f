using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.AuditStreams;

/// <summary>What the acts on streams share.</summary>
internal static class AuditStreamAct
{
    /// <summary>Who configures the workspace and reads its log; a person by a late proof, for the log leaves the server.</summary>
    public static Refusal? Refuse(Actor actor, Id<Workspace> workspace, DateTimeOffset at) =>
        actor.Demand(workspace, Permission.ConfigureWorkspace)
        ?? actor.Demand(workspace, Permission.ReadAudit)
        ?? RecentAuthentication.Check(actor, at);

    public static Task<AuditStream?> FindAsync(MembershipDb db, Id<Workspace> workspace, Id<AuditStream> id, CancellationToken ct) =>
        db.AuditStreams.AsNoTracking().FirstOrDefaultAsync(s => s.WorkspaceId == workspace && s.Id == id, ct);

    public static Task<AuditStreamPosition> PositionAsync(MembershipDb db, AuditStream stream, CancellationToken ct) =>
        db.AuditStreamPositions.AsNoTracking().FirstAsync(p => p.WorkspaceId == stream.WorkspaceId && p.StreamId == stream.Id, ct);

    /// <summary>The place of the last line that is sealed; 0 for none.</summary>
    public static async Task<long> EndAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        await db
            .AuditSegments.AsNoTracking()
            .Where(s => s.WorkspaceId == workspace)
            .OrderByDescending(s => s.First)
            .Select(s => (long?)s.Sequence)
            .FirstOrDefaultAsync(ct)
        ?? 0;

    /// <summary>What the audit log says of a stream; its token is left out.</summary>
    public static object Facts(AuditStream row) =>
        new
        {
            name = row.Name,
            kind = Word.Of(row.Kind),
            address = row.Address,
            authorities = row.Authorities is null ? "machine" : "own",
            token = row.TokenSealed is not null,
            enabled = row.DisabledAt is null,
        };

    public static void Tell(Attempt attempt, string act, AuditStream row, object? before, object? after) =>
        attempt.Changes.TellFacts(act, row.WorkspaceId, ("auditStream", row.Id.Value, row.Name), before, after);
}
