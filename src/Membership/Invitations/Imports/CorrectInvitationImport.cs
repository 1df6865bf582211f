using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>
/// Changes rows of a draft; all others stay as they are. Refusals: <c>forbidden</c>, <c>notFound</c>, <c>importStarted</c> (it is being
/// sent, or was).
/// </summary>
public sealed class CorrectInvitationImport(Store store)
{
    /// <summary>Takes what was typed into some rows; one without a row of its line is passed over.</summary>
    public Task<Outcome<InvitationImport>> RunAsync(
        Actor actor,
        Id<Workspaces.Workspace> workspace,
        Id<InvitationImport> id,
        IReadOnlyList<InvitationCsvRow> rows,
        CancellationToken ct
    ) =>
        store.ChangeAsync<InvitationImport>(
            actor,
            workspace,
            "invitations.drafted",
            async attempt =>
            {
                if (actor.Demand(workspace, Permission.InviteMembers) is { } refused)
                {
                    return refused;
                }

                if (
                    await attempt.Db.InvitationImports.AsNoTracking().FirstOrDefaultAsync(i => i.WorkspaceId == workspace && i.Id == id, ct)
                    is not { } import
                )
                {
                    return Refusal.NotFound("import");
                }

                if (import.State != ImportState.Draft)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "importStarted",
                        "These invitations are being sent already. Nothing of them can be changed any more."
                    );
                }

                var typed = rows.DistinctBy(r => r.Line).ToDictionary(r => r.Line);
                var changed = false;
                foreach (var lines in typed.Keys.Chunk(1000))
                {
                    foreach (
                        var row in await attempt
                            .Db.InvitationImportRows.AsNoTracking()
                            .Where(r => r.WorkspaceId == workspace && r.ImportId == id && lines.Contains(r.Line))
                            .ToListAsync(ct)
                    )
                    {
                        var after = row.Typed(typed[row.Line].Email, typed[row.Line].Role, typed[row.Line].LastDay ?? row.LastDay);
                        after = after with { Code = after == row ? row.Code : null };
                        changed |= after != row;
                        attempt.Changes.Update(row, after);
                    }
                }

                var counted = changed ? import with { Version = import.Version + 1 } : import;
                attempt.Changes.Update(import, counted);
                return counted;
            },
            ct
        );
}
