using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>
/// Keeps people to be invited as a draft: nothing is sent. Of a workspace the newest <see cref="MostDrafts"/> drafts are kept. Refusals:
/// <c>forbidden</c>, <c>notFound</c>, <c>invalid</c> (too many rows, or none); a row that is wrong refuses nothing but itself.
/// </summary>
public sealed class StartInvitationImport(Store store)
{
    /// <summary>How many drafts a workspace may have.</summary>
    public const int MostDrafts = 20;

    /// <summary>Keeps the rows.</summary>
    public Task<Outcome<InvitationImport>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        IReadOnlyList<InvitationCsvRow> rows,
        CancellationToken ct
    )
    {
        Held.WriteInParts(); // what confirms it reads it
        return store.ChangeAsync<InvitationImport>(
            actor,
            workspaceId,
            "invitations.drafted",
            async attempt =>
            {
                if ((actor.Demand(workspaceId, Permission.InviteMembers) ?? Count(rows.Count)) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is null)
                {
                    return Refusal.NotFound("workspace");
                }

                var import = new InvitationImport
                {
                    WorkspaceId = workspaceId,
                    Id = Id<InvitationImport>.New(attempt.Time),
                    State = ImportState.Draft,
                    CreatedAt = attempt.At,
                    Total = rows.Count,
                    ActorKind = actor.Kind,
                    ActorId = actor.Id,
                    ActorName = actor.Name,
                    Door = actor.Door,
                    Version = 1,
                };
                attempt.Changes.Add(import);
                foreach (var row in rows)
                {
                    attempt.Changes.Add(InvitationImportRow.New(workspaceId, import.Id, row));
                }

                var old = await attempt
                    .Db.InvitationImports.AsNoTracking()
                    .Where(i => i.WorkspaceId == workspaceId && i.State == ImportState.Draft)
                    .OrderByDescending(i => i.Id)
                    .Skip(MostDrafts - 1)
                    .ToListAsync(ct);
                old.ForEach(draft => attempt.Changes.Remove(draft, mustExist: false));
                return import;
            },
            ct
        );
    }

    /// <summary>The same without keeping anything: each row with what stands against it.</summary>
    public async Task<Outcome<IReadOnlyList<CheckedRow>>> PreviewAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        IReadOnlyList<InvitationCsvRow> rows,
        CancellationToken ct
    )
    {
        if ((actor.Demand(workspaceId, Permission.InviteMembers) ?? Count(rows.Count)) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is { } workspace
            ? await ImportRules.CheckAsync(
                db,
                workspace,
                actor,
                [.. rows.Select(r => InvitationImportRow.New(workspaceId, default, r))],
                null,
                store.Time.Now(),
                ct
            )
            : Refusal.NotFound("workspace");
    }

    private static Refusal? Count(int rows) =>
        rows == 0 ? Refusal.Invalid("rows", "Name at least one person.")
        : rows > InvitationCsv.MostRows ? Refusal.Invalid("rows", $"At most {InvitationCsv.MostRows:N0} people can be invited at once.")
        : null;
}
