using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Writes a workspace's sealed audit log down so that anybody who has the public key can check it without this server
/// (<see cref="AuditProof"/>). Lines that are not sealed yet are left out. Refusals: <c>forbidden</c>, <c>notSealed</c> (NotFound: nothing
/// is sealed yet).
/// </summary>
public sealed class ExportAudit(Store store)
{
    private const int Piece = 500;
    private const int Segments = 20;

    /// <summary>Why nothing would be written; null when something would.</summary>
    public async Task<Refusal?> ReadyAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ReadAudit) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await db.AuditSegments.AnyAsync(s => s.WorkspaceId == workspace, ct) ? null : NotSealed();
    }

    private static Refusal NotSealed() =>
        new(RefusalKind.NotFound, "notSealed", "Nothing of this audit log is sealed yet. The server seals it every few seconds.");

    /// <summary>Writes, a piece of the log at a time.</summary>
    /// <param name="actor">Who asks; needs <see cref="Permission.ReadAudit"/>.</param>
    /// <param name="workspace">Whose log; the empty id for the installation's own.</param>
    /// <param name="into">Where the JSON lines go.</param>
    /// <param name="ct">Stops the writing.</param>
    /// <returns>The head up to which it goes.</returns>
    public async Task<Outcome<AuditHead>> RunAsync(Actor actor, Id<Workspace> workspace, TextWriter into, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ReadAudit) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var end = await db
            .AuditSegments.AsNoTracking()
            .Where(s => s.WorkspaceId == workspace)
            .OrderByDescending(s => s.First)
            .FirstOrDefaultAsync(ct);
        if (end is null)
        {
            return NotSealed();
        }

        var slug = await db.Workspaces.Where(w => w.Id == workspace).Select(w => w.Slug).FirstOrDefaultAsync(ct);
        await into.WriteLineAsync(AuditProofFormat.Write(new AuditProofFormat.Opening(AuditProofFormat.Name, workspace.Value, slug)));
        var chain = AuditLink.Start;
        for (var after = 0L; after < end.First; )
        {
            var segments = await db
                .AuditSegments.AsNoTracking()
                .Where(s => s.WorkspaceId == workspace && s.First > after && s.First <= end.First)
                .OrderBy(s => s.First)
                .Take(Segments)
                .ToListAsync(ct);
            foreach (var segment in segments)
            {
                chain = await WriteAsync(db, segment, chain, into, ct);
            }

            after = segments.Count > 0 ? segments[^1].First : end.First;
        }

        var head = end.ToHead();
        await into.WriteLineAsync(AuditProofFormat.Write(new AuditProofFormat.Closing(AuditProofFormat.Of(head))));
        return head;
    }

    /// <summary>
    /// Writes a segment's lines. The chain is made anew from what the lines say now, but its value at the end is the one that was sealed:
    /// where they differ the check finds the segment. A line that was taken out of the database leaves its place empty.
    /// </summary>
    /// <returns>The chain's value after it.</returns>
    private static async Task<byte[]> WriteAsync(MembershipDb db, AuditSegment segment, byte[] chain, TextWriter into, CancellationToken ct)
    {
        var place = segment.First;
        foreach (var ids in AuditSegment.Unpack(segment.Lines).Chunk(Piece))
        {
            var lines = await AuditLines.StoredAsync(db, segment.WorkspaceId, ids, ct);
            foreach (var id in ids)
            {
                if (lines.TryGetValue(id, out var line))
                {
                    chain = place == segment.Sequence ? segment.Chain : AuditLink.After(chain, place, line.Line);
                    await into.WriteLineAsync(AuditProofFormat.Write(AuditProofFormat.Of(line, place, chain)));
                }

                place++;
            }
        }

        return segment.Chain;
    }
}
