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
        if (await db.AuditHeads.AsNoTracking().FirstOrDefaultAsync(h => h.WorkspaceId == workspace, ct) is not { } head)
        {
            return new Refusal(
                RefusalKind.NotFound,
                "notSealed",
                "Nothing of this audit log is sealed yet. The server seals it every few seconds."
            );
        }

        var slug = await db.Workspaces.Where(w => w.Id == workspace).Select(w => w.Slug).FirstOrDefaultAsync(ct);
        await into.WriteLineAsync(AuditProofFormat.Write(new AuditProofFormat.Opening(AuditProofFormat.Name, workspace.Value, slug)));
        var last = 0L;
        while (last < head.Sequence)
        {
            var lines = await AuditLines.SealedAsync(db, workspace, last, head.Sequence, Piece, ct);
            foreach (var line in lines)
            {
                await into.WriteLineAsync(AuditProofFormat.Write(AuditProofFormat.Of(line)));
            }

            if (lines.Count == 0)
            {
                break; // lines were taken out of the database: the check of the export says so
            }

            last = lines[^1].Sequence;
        }

        await into.WriteLineAsync(AuditProofFormat.Write(new AuditProofFormat.Closing(AuditProofFormat.Of(head))));
        return head;
    }
}
