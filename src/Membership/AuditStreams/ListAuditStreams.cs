using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.AuditStreams;

/// <summary>A stream and how far it is.</summary>
/// <param name="Row">The stream.</param>
/// <param name="Position">Its place in the log.</param>
/// <param name="Behind">How many sealed lines it has not taken yet.</param>
public sealed record AuditStreamView(AuditStream Row, AuditStreamPosition Position, long Behind);

/// <summary>Reads the streams of a workspace, oldest first. Refusal: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ListAuditStreams(Store store)
{
    /// <summary>All of them.</summary>
    public async Task<Outcome<IReadOnlyList<AuditStreamView>>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if ((actor.Demand(workspace, Permission.ConfigureWorkspace) ?? actor.Demand(workspace, Permission.ReadAudit)) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var end = await AuditStreamAct.EndAsync(db, workspace, ct);
        var rows = await (
            from s in db.AuditStreams.AsNoTracking()
            join p in db.AuditStreamPositions.AsNoTracking()
                on new { s.WorkspaceId, StreamId = s.Id } equals new { p.WorkspaceId, p.StreamId }
            where s.WorkspaceId == workspace
            orderby s.Id
            select new { s, p }
        ).ToListAsync(ct);
        return rows.ConvertAll(r => new AuditStreamView(r.s, r.p, Math.Max(0, end - r.p.Sequence)));
    }

    /// <summary>One of them.</summary>
    public async Task<Outcome<AuditStreamView>> OneAsync(Actor actor, Id<Workspace> workspace, Id<AuditStream> id, CancellationToken ct) =>
        !(await RunAsync(actor, workspace, ct)).Is(out var all, out var refusal) ? refusal
        : all.FirstOrDefault(s => s.Row.Id == id) is { } one ? one
        : Refusal.NotFound("stream");
}
