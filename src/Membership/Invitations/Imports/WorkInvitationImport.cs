using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>
/// Works an import off, a short piece for each message, so that other mail is not held up; the next piece is queued with the end of
/// the last. A row's invitation and its outcome are one transaction: after a crash, or with two servers at it, nobody is invited
/// twice and nobody is left out.
/// </summary>
public sealed class WorkInvitationImport(Store store) : IOutboxConsumer
{
    /// <summary>How many rows one message covers.</summary>
    public const int Piece = 100;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public string Kind => OutboxKind.InvitationImport;

    /// <summary>What the outbox calls the messages of an import.</summary>
    internal static string SubjectOf(Id<InvitationImport> id) => "invitationImport:" + id;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        if (message.WorkspaceId is not { } workspace)
        {
            return Delivery.NotWanted;
        }

        var id = new Id<InvitationImport>(message.About);
        Actor? inviter;
        List<int> lines;
        await using (var db = store.Read())
        {
            if (
                await WorkspaceContext.ByIdAsync(db, workspace, ct) is not { } open
                || await ReadAsync(db, workspace, id, ct) is not { State: ImportState.Sending } import
            )
            {
                return Delivery.NotWanted;
            }

            inviter = await JobActor.ReadAsync(
                db,
                open,
                new(import.ActorKind, import.ActorId, import.ActorName, import.Door),
                Permission.InviteMembers,
                store.Time.Now(),
                ct
            );
            lines = await db
                .InvitationImportRows.Where(r => r.WorkspaceId == workspace && r.ImportId == id && r.State == ImportRowState.Waiting)
                .OrderBy(r => r.Line)
                .Select(r => r.Line)
                .Take(Piece)
                .ToListAsync(ct);
        }

        var began = Stopwatch.GetTimestamp();
        foreach (var line in inviter is null ? [] : lines)
        {
            if (ct.IsCancellationRequested || Stopwatch.GetElapsedTime(began) > Longest)
            {
                break; // the server stops, or others wait: what is left is queued
            }

            if (await SendAsync(inviter!, workspace, id, line) is { Kind: RefusalKind.Unavailable } busy)
            {
                return Delivery.Failed(busy.Message);
            }
        }

        return (await EndAsync(workspace, id, inviter is null)).Refusal is { } no ? Delivery.Failed(no.Message) : Delivery.Done;
    }

    // Not stopped once begun: what it writes is a whole.
    private async Task<Refusal?> SendAsync(Actor inviter, Id<Workspace> workspaceId, Id<InvitationImport> id, int line)
    {
        var sent = await store.ChangeAsync<Nothing>(
            inviter,
            workspaceId,
            "invitation.created",
            async attempt =>
            {
                var db = attempt.Db;
                if (
                    await RowAsync(db, workspaceId, id, line) is not { State: ImportRowState.Waiting } row
                    || await WorkspaceContext.ByIdAsync(db, workspaceId, default) is not { } workspace
                )
                {
                    return default(Nothing); // another server was faster
                }

                var found = (
                    await ImportRules.CheckAsync(
                        db,
                        workspace,
                        inviter,
                        [row],
                        await RoomAsync(db, workspace, id, attempt.At),
                        attempt.At,
                        default
                    )
                )[0];
                if (found.Refusal is { } against)
                {
                    return against;
                }

                var request = ImportRules.RequestOf(workspace.Configuration, row, found.Role!);
                if (
                    !(await InvitePeople.OneAsync(attempt, workspaceId, request, row.UserName, default)).Outcome.Is(
                        out var issued,
                        out var refusal
                    )
                )
                {
                    return refusal;
                }

                attempt.Changes.Update(row, row with { State = ImportRowState.Sent, InvitationId = issued.Invitation.Id });
                return default(Nothing);
            },
            default
        );
        if (sent.Refusal is not { Kind: not RefusalKind.Unavailable } why)
        {
            return sent.Refusal;
        }

        return (
            await store.ChangeAsync<Nothing>(
                inviter,
                workspaceId,
                "invitation.created",
                async attempt =>
                {
                    if (await RowAsync(attempt.Db, workspaceId, id, line) is { State: ImportRowState.Waiting } row)
                    {
                        attempt.Changes.Update(row, row with { State = ImportRowState.Refused, Code = why.Code, Message = why.Message });
                    }

                    return default(Nothing);
                },
                default
            )
        ).Refusal;
    }

    /// <summary>What is left beside those of this import who are invited and have not come in yet.</summary>
    private static async Task<RoomLeft> RoomAsync(MembershipDb db, WorkspaceContext workspace, Id<InvitationImport> id, DateTimeOffset at)
    {
        var room = new RoomLeft(workspace, await Counts.ReadAsync(db, workspace.Id, default), at);
        if (RoomLeft.IsLimited(workspace.Configuration))
        {
            var promised = await (
                from r in db.InvitationImportRows
                join i in db.Invitations
                    on new { r.WorkspaceId, Id = r.InvitationId } equals new { i.WorkspaceId, Id = (Id<Invitation>?)i.Id }
                where
                    r.WorkspaceId == workspace.Id
                    && r.ImportId == id
                    && r.State == ImportRowState.Sent
                    && i.Stored == InvitationStatus.Pending
                group i by i.Role into g
                select new { Role = g.Key, Count = g.Count() }
            ).ToListAsync();
            promised.ForEach(p => Enumerable.Range(0, p.Count).ToList().ForEach(_ => room.Take(p.Role)));
        }

        return room;
    }

    private Task<Outcome<Nothing>> EndAsync(Id<Workspace> workspace, Id<InvitationImport> id, bool refusesRest) =>
        store.ChangeAsync<Nothing>(
            Actor.System,
            workspace,
            SendInvitationImport.Act,
            async attempt =>
            {
                if (await ReadAsync(attempt.Db, workspace, id, default) is not { State: ImportState.Sending } import)
                {
                    return default(Nothing);
                }

                var waits = attempt.Db.InvitationImportRows.Where(r =>
                    r.WorkspaceId == workspace && r.ImportId == id && r.State == ImportRowState.Waiting
                );
                if (!refusesRest && await waits.AnyAsync())
                {
                    attempt.Changes.Send(OutboxKind.InvitationImport, id.Value, SubjectOf(id), workspace);
                    return default(Nothing);
                }

                if (refusesRest)
                {
                    attempt.Changes.Execute(
                        new(
                            "UPDATE invitation_import_rows SET state = 'Refused', code = 'forbidden', message = $3 WHERE "
                                + "workspace_id = $1 AND import_id = $2 AND state = 'Waiting'",
                            [
                                Value.Of("$1", workspace.Value),
                                Value.Of("$2", id.Value),
                                Value.Of("$3", "Whoever sent these invitations may not invite any more."),
                            ]
                        )
                    );
                }

                attempt.Changes.Update(import, import with { State = ImportState.Done, DoneAt = attempt.At, Version = import.Version + 1 });
                return default(Nothing);
            },
            default
        );

    private static Task<InvitationImport?> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<InvitationImport> id,
        CancellationToken ct
    ) => db.InvitationImports.AsNoTracking().FirstOrDefaultAsync(i => i.WorkspaceId == workspace && i.Id == id, ct);

    private static Task<InvitationImportRow?> RowAsync(MembershipDb db, Id<Workspace> workspace, Id<InvitationImport> id, int line) =>
        db.InvitationImportRows.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspace && r.ImportId == id && r.Line == line);
}
