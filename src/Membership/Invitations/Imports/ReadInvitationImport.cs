using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>An import with a stretch of its rows, those that are faulty or refused first.</summary>
/// <param name="Import">The import.</param>
/// <param name="Sent">How many rows are invited.</param>
/// <param name="Faulty">How many are refused; of a draft, how many would be.</param>
/// <param name="Waiting">How many wait; of a draft, how many can be sent.</param>
/// <param name="Rows">The stretch.</param>
public sealed record InvitationImportView(InvitationImport Import, int Sent, int Faulty, int Waiting, IReadOnlyList<CheckedRow> Rows)
{
    /// <summary>Of a draft: what seats those need who can be sent, once they come in; null where none does.</summary>
    public SeatNeed? Seats { get; init; }
}

/// <summary>
/// Reads an import: a draft with what stands against each row at this moment, later what became of each. Refusals: <c>forbidden</c>,
/// <c>notFound</c>.
/// </summary>
public sealed class ReadInvitationImport(Store store)
{
    /// <summary>Reads it.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The import.</param>
    /// <param name="onlyFaulty">Whether only faulty and refused rows are wanted.</param>
    /// <param name="skip">How many rows to pass over.</param>
    /// <param name="most">How many to read.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Outcome<InvitationImportView>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<InvitationImport> id,
        bool onlyFaulty,
        int skip,
        int most,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (
            await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
            || await db.InvitationImports.AsNoTracking().FirstOrDefaultAsync(i => i.WorkspaceId == workspaceId && i.Id == id, ct)
                is not { } import
        )
        {
            return Refusal.NotFound("import");
        }

        if (import.State == ImportState.Draft)
        {
            var all = await ImportRules.CheckAsync(db, workspace, actor, await RowsAsync(db, import, ct), null, store.Time.Now(), ct);
            var faulty = all.Count(r => r.Refusal is not null);
            return new InvitationImportView(
                import,
                0,
                faulty,
                all.Count - faulty,
                [
                    .. all.Where(r => !onlyFaulty || r.Refusal is not null)
                        .OrderBy(r => r.Refusal is null)
                        .ThenBy(r => r.Row.Line)
                        .Skip(skip)
                        .Take(most),
                ]
            )
            {
                Seats = await SeatsAsync(db, workspace, all, ct),
            };
        }

        var rows = db.InvitationImportRows.AsNoTracking().Where(r => r.WorkspaceId == workspaceId && r.ImportId == id);
        var counts = await rows.GroupBy(r => r.State)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var stretch = await rows.Where(r => !onlyFaulty || r.State == ImportRowState.Refused)
            .OrderBy(r => r.State == ImportRowState.Refused ? 0 : 1)
            .ThenBy(r => r.Line)
            .From(skip)
            .Take(most)
            .ToListAsync(ct);
        return new InvitationImportView(
            import,
            counts.GetValueOrDefault(ImportRowState.Sent),
            counts.GetValueOrDefault(ImportRowState.Refused),
            counts.GetValueOrDefault(ImportRowState.Waiting),
            [
                .. stretch.Select(r => new CheckedRow(
                    r,
                    ImportRules.RoleOf(workspace.Configuration, r.Role)?.Key,
                    r.Code is { } code && r.State == ImportRowState.Refused ? new(RefusalKind.Conflict, code, r.Message ?? code) : null
                )),
            ]
        );
    }

    private async Task<SeatNeed?> SeatsAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        IReadOnlyList<CheckedRow> rows,
        CancellationToken ct
    )
    {
        var needs = rows.LongCount(r => r.Refusal is null && workspace.Configuration.Role(r.Role) is { NeedsSeat: true });
        return needs == 0 ? null : new(needs, (await Counts.ReadAsync(db, workspace.Id, ct)).Seats.RoomForNewAt(store.Time.Now()), null);
    }

    /// <summary>All rows in the order of the file.</summary>
    internal static Task<List<InvitationImportRow>> RowsAsync(MembershipDb db, InvitationImport import, CancellationToken ct) =>
        db
            .InvitationImportRows.AsNoTracking()
            .Where(r => r.WorkspaceId == import.WorkspaceId && r.ImportId == import.Id)
            .OrderBy(r => r.Line)
            .ToListAsync(ct);
}
