using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Undo;

/// <summary>
/// Works the undo of a cycle off, from its last line to its first, in the name of whoever asked. Each person or group is one transaction
/// with what came of it: after a crash, or with two servers at it, nobody is passed over and nothing is done twice. A message covers some
/// seconds; the next is queued with the end of the last.
/// </summary>
public sealed class WorkCycleUndo(Store store) : IOutboxConsumer
{
    private const int Page = 100;

    /// <inheritdoc/>
    public string Kind => OutboxKind.CycleUndo;

    /// <summary>A pump of its own, so that no mail waits for it.</summary>
    public bool IsSlow => true;

    /// <inheritdoc/>
    public Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.WorkspaceId is not { } workspace)
        {
            return Task.FromResult(Delivery.NotWanted);
        }

        var id = new Id<ProvisioningCycle>(message.About);
        return InTurns.WorkAsync(
            store,
            workspace,
            UndoCycle.Act,
            async goesOn =>
            {
                CycleUndo? run;
                await using (var db = store.Read())
                {
                    run = await ReadAsync(db, workspace, id);
                }

                if (run is null or { DoneAt: not null })
                {
                    return Turn.None;
                }

                return await PageAsync(run, goesOn) is { } busy ? busy : Turn.More;
            },
            async attempt =>
            {
                if (await ReadAsync(attempt.Db, workspace, id) is { DoneAt: null } run)
                {
                    UndoCycle.Queue(attempt, run);
                }
            },
            ct
        );
    }

    private static Task<CycleUndo?> ReadAsync(MembershipDb db, Id<Workspace> workspace, Id<ProvisioningCycle> id) =>
        db.CycleUndos.AsNoTracking().FirstOrDefaultAsync(u => u.WorkspaceId == workspace && u.Id == id);

    /// <summary>In whose name it is done: with the reach of the role as which they asked.</summary>
    private static Actor ActorOf(CycleUndo run) =>
        new()
        {
            Kind = run.AskedKind,
            Door = run.Door,
            Name = run.AskedBy,
            Id = run.AskedById,
            Workspace = run.WorkspaceId,
            Member = run.AskedKind == ActorKind.Member && run.AskedById is { } member ? new Id<Member>(member) : null,
            Role = run.AskedAs,
            Permissions = Actor.DirectoryPermissions,
        };

    /// <summary>The next some of a phase, and then the place where the following go on.</summary>
    private async Task<Refusal?> PageAsync(CycleUndo run, Func<bool> goesOn)
    {
        IReadOnlyList<(string Kind, Guid Id)> targets;
        Guid? next;
        await using (var db = store.Read())
        {
            (targets, next) = run.Phase == UndoPhase.Again ? (await AgainAsync(db, run), null) : await SomeAsync(db, run);
        }

        foreach (var (kind, id) in targets)
        {
            if (!goesOn())
            {
                return null; // what is done is known by its item
            }

            if (await OneAsync(run, kind, id) is { } busy)
            {
                return busy;
            }
        }

        return await MoveAsync(run, next);
    }

    private static Task<(IReadOnlyList<(string Kind, Guid Id)> Targets, Guid? Next)> SomeAsync(MembershipDb db, CycleUndo run) =>
        run.Span.PageAsync(db, run.WorkspaceId, run.Phase == UndoPhase.People ? "member" : "group", run.Cursor, Page, default);

    private static async Task<IReadOnlyList<(string Kind, Guid Id)>> AgainAsync(MembershipDb db, CycleUndo run) =>
        [
            .. (
                await db
                    .CycleUndoItems.AsNoTracking()
                    .Where(i => i.WorkspaceId == run.WorkspaceId && i.Id == run.Id && i.End == UndoEnd.Again)
                    .OrderBy(i => i.TargetId)
                    .ToListAsync()
            ).Select(i => (i.TargetKind, i.TargetId)),
        ];

    private async Task<Refusal?> OneAsync(CycleUndo run, string kind, Guid target)
    {
        var tried = await TryAsync(run, kind, target, null);
        return tried.Refusal is { Kind: not RefusalKind.Unavailable } why
            ? (await TryAsync(run, kind, target, why)).Refusal
            : tried.Refusal;
    }

    /// <summary>One person or group, with what came of it; where it was refused before, that alone.</summary>
    private Task<Outcome<Nothing>> TryAsync(CycleUndo run, string kind, Guid target, Refusal? against) =>
        store.ChangeAsync<Nothing>(
            ActorOf(run),
            run.WorkspaceId,
            UndoCycle.Act,
            async attempt =>
            {
                var db = attempt.Db;
                var item = await db
                    .CycleUndoItems.AsNoTracking()
                    .FirstOrDefaultAsync(i => i.WorkspaceId == run.WorkspaceId && i.Id == run.Id && i.TargetId == target);
                var isLast = run.Phase == UndoPhase.Again;
                if (
                    (isLast ? item is not { End: UndoEnd.Again } : item is not null)
                    || await ReadAsync(db, run.WorkspaceId, run.Id) is not { DoneAt: null }
                    || await WorkspaceContext.ByIdAsync(db, run.WorkspaceId, default) is not { } workspace
                )
                {
                    return default(Nothing); // another server was faster
                }

                var undone = await Stories.UndoneAsync(db, run.WorkspaceId, default);
                var stories = await Stories.ReadAsync(db, run.WorkspaceId, run.Span, undone, [target], default);
                if (!stories.TryGetValue(target, out var story))
                {
                    return default(Nothing);
                }

                if (run.Phase == UndoPhase.Groups)
                {
                    return against is null ? await new GroupUndo(attempt, workspace, run, story).RemakeAsync(default) : default(Nothing);
                }

                (UndoEnd End, string? Reason) came = (UndoEnd.Left, against?.Message);
                if (
                    against is null
                    && !(
                        kind == "member"
                            ? await new MemberUndo(attempt, workspace, run, story).RunAsync(isLast, default)
                            : await new GroupUndo(attempt, workspace, run, story).RunAsync(isLast, default)
                    ).Is(out came, out var refusal)
                )
                {
                    return refusal;
                }

                Note(attempt, run, item, came, kind, story);
                return default(Nothing);
            },
            default
        );

    private static void Note(
        Attempt attempt,
        CycleUndo run,
        CycleUndoItem? before,
        (UndoEnd End, string? Reason) came,
        string kind,
        Story story
    )
    {
        if (before is not null)
        {
            attempt.Changes.Update(before, before with { End = came.End, Reason = came.Reason });
        }
        else
        {
            attempt.Changes.Add(
                new CycleUndoItem
                {
                    WorkspaceId = run.WorkspaceId,
                    Id = run.Id,
                    TargetId = story.Target,
                    TargetKind = kind,
                    TargetName = story.Name is { } name ? Key.Cut(name, 200) : null,
                    End = came.End,
                    Reason = came.Reason,
                }
            );
        }

        if (came.End == UndoEnd.Again)
        {
            return; // seen when it is tried once more
        }

        attempt.Changes.Execute(
            new(
                "UPDATE cycle_undos SET seen = seen + 1, left_out = left_out + $3 WHERE workspace_id = $1 AND id = $2",
                [
                    Value.Of("$1", run.WorkspaceId.Value),
                    Value.Of("$2", run.Id.Value),
                    Value.Of("$3", came.End is UndoEnd.Left or UndoEnd.Partly ? 1 : 0),
                ]
            )
        );
    }

    private async Task<Refusal?> MoveAsync(CycleUndo seen, Guid? next) =>
        (
            await store.ChangeAsync<Nothing>(
                ActorOf(seen),
                seen.WorkspaceId,
                UndoCycle.Act,
                async attempt =>
                {
                    if (
                        await ReadAsync(attempt.Db, seen.WorkspaceId, seen.Id) is not { DoneAt: null } run
                        || (run.Phase, run.Cursor) != (seen.Phase, seen.Cursor)
                    )
                    {
                        return default(Nothing); // another server was faster
                    }

                    var isDone = next is null && run.Phase == UndoPhase.Again;
                    var after = run with
                    {
                        Phase = next is null && !isDone ? run.Phase + 1 : run.Phase,
                        Cursor = next ?? run.EndLine,
                        DoneAt = isDone ? attempt.At : null,
                        Version = run.Version + 1,
                    };
                    attempt.Changes.Update(run, after);
                    if (isDone)
                    {
                        attempt.Changes.TellFacts(
                            "cycle.undoFinished",
                            run.WorkspaceId,
                            ("cycle", run.Id.Value, $"Cycle {run.Number} of {run.Client}"),
                            null,
                            new { concerned = run.Total, left = run.LeftOut }
                        );
                    }

                    return default(Nothing);
                },
                default
            )
        ).Refusal;
}
