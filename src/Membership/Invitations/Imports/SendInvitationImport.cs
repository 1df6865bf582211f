using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>
/// Confirms a draft: from then on it is a job that is worked off by whichever server comes first, and what was refused now stays so.
/// Asked twice it is one job. Refusals: <c>forbidden</c>, <c>notFound</c>, <c>nothingToSend</c>, <c>faultyRows</c> (all or nothing
/// was asked for), <c>importChanged</c> (another number of rows can be sent than was confirmed).
/// </summary>
public sealed class SendInvitationImport(Store store)
{
    /// <summary>The act in the audit log.</summary>
    public const string Act = "invitations.imported";

    /// <summary>Confirms it.</summary>
    /// <param name="actor">Who invites.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The draft.</param>
    /// <param name="confirmed">How many rows were seen to be without fault; null to send whatever can be sent.</param>
    /// <param name="allOrNothing">Whether one faulty row keeps all from being sent. It is judged now: a row that is refused later, for
    /// somebody else was faster, does not take back those that were sent.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<InvitationImport>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<InvitationImport> id,
        int? confirmed,
        bool allOrNothing,
        CancellationToken ct
    )
    {
        Held.WriteInParts();
        return store.ChangeAsync<InvitationImport>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await attempt
                        .Db.InvitationImports.AsNoTracking()
                        .FirstOrDefaultAsync(i => i.WorkspaceId == workspaceId && i.Id == id, ct)
                        is not { } import
                )
                {
                    return Refusal.NotFound("import");
                }

                if (import.State != ImportState.Draft)
                {
                    return import;
                }

                var rows = await ImportRules.CheckAsync(
                    attempt.Db,
                    workspace,
                    actor,
                    await ReadInvitationImport.RowsAsync(attempt.Db, import, ct),
                    null,
                    attempt.At,
                    ct
                );
                var good = rows.Count(r => r.Refusal is null);
                if (Against(rows.Count, good, confirmed, allOrNothing) is { } against)
                {
                    return against;
                }

                foreach (var (row, _, why) in rows.Where(r => r.Refusal is not null))
                {
                    attempt.Changes.Update(row, row with { State = ImportRowState.Refused, Code = why!.Code, Message = why.Message });
                }

                var sending = import with
                {
                    State = ImportState.Sending,
                    StartedAt = attempt.At,
                    Confirmed = good,
                    ActorKind = actor.Kind,
                    ActorId = actor.Id,
                    ActorName = actor.Name,
                    Door = actor.Door,
                    Version = import.Version + 1,
                };
                attempt.Changes.Update(import, sending);
                attempt.Changes.Send(OutboxKind.InvitationImport, id.Value, WorkInvitationImport.SubjectOf(id), workspaceId);
                attempt.Changes.TellFacts(
                    Act,
                    workspaceId,
                    ("import", id.Value, null),
                    null,
                    new
                    {
                        rows = rows.Count,
                        confirmed = good,
                        allOrNothing,
                    }
                );
                return sending;
            },
            ct
        );
    }

    private static Refusal? Against(int rows, int good, int? confirmed, bool allOrNothing) =>
        allOrNothing && good < rows
            ? new(
                RefusalKind.Conflict,
                "faultyRows",
                $"{rows - good} of {rows} rows are faulty, so nothing was sent. Correct them, or send the others alone."
            )
        : good == 0 ? new(RefusalKind.Conflict, "nothingToSend", "No row can be sent. Correct the rows first.")
        : confirmed is { } seen && seen != good
            ? new(
                RefusalKind.Conflict,
                "importChanged",
                $"By now {good} of {rows} rows can be sent, not {seen}. Look at them and confirm again; nothing was sent."
            )
        : null;
}
