using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>
/// Works a change of all that match off, or its undo, in turns: each by <see cref="ChangeMembers"/> with its line in the audit log, then
/// how far it came. A server that stops leaves off between two members and the line of what it did; after a crash the turn at hand is done
/// once more, which changes nobody twice and mails nobody twice, but whom the crashed one reached is not taken back by the undo. A message
/// covers some seconds; the next is queued with the end of the last.
/// </summary>
public sealed class WorkMemberChange(Store store) : IOutboxConsumer
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Kind => OutboxKind.MemberChange;

    /// <summary>A pump of its own, so that no mail waits for it.</summary>
    public bool IsSlow => true;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        if (message.WorkspaceId is not { } workspaceId)
        {
            return Delivery.NotWanted;
        }

        var (began, id) = (Stopwatch.GetTimestamp(), new Id<BulkChange>(message.About));
        for (var any = false; ; any = true)
        {
            MemberChangeRun? run;
            BulkChange? change;
            Actor? actor = null;
            await using (var db = store.Read())
            {
                run = await ReadAsync(db, workspaceId, id);
                change = BulkChange.Read(run?.Change);
                if (
                    run is { IsWorked: true }
                    && change is not null
                    && await WorkspaceContext.ByIdAsync(db, workspaceId, default) is { } workspace
                )
                {
                    actor = await JobActor.ReadAsync(db, workspace, run.Starter, change.Permission, store.Time.Now(), default);
                }
            }

            if (run is not { IsWorked: true })
            {
                return any ? Delivery.Done : Delivery.NotWanted;
            }

            if (any && (ct.IsCancellationRequested || Stopwatch.GetElapsedTime(began) >= Longest))
            {
                return await QueueAsync(run) is { } no ? Delivery.Failed(no.Message) : Delivery.Done;
            }

            var busy =
                change is null ? await MoveAsync(run, r => BrokenOff(r, "This version does not know what was to be done."))
                : actor is null ? await MoveAsync(run, r => BrokenOff(r, "Whoever began it may not do that any more."))
                : run.State == MemberRunState.Running ? await ChangeAsync(actor, run, ct)
                : await UndoAsync(actor, run);
            if (busy is not null)
            {
                return Delivery.Failed(busy.Message);
            }
        }
    }

    private async Task<Refusal?> ChangeAsync(Actor actor, MemberChangeRun run, CancellationToken ct)
    {
        if (StoredSearch.Read(run.Search, run.Cursor) is not { } query)
        {
            return await MoveAsync(run, r => BrokenOff(r, "This version does not know whom it was for."));
        }

        var change = BulkChange.Read(run.Change)!;
        var outcome = await new ChangeMembers(store).TurnAsync(
            actor,
            run.WorkspaceId,
            change,
            new() { Query = query },
            run.Id,
            run.StartedAt,
            ct
        );
        if (!outcome.Is(out var turn, out var refusal))
        {
            return refusal.Kind == RefusalKind.Unavailable ? refusal : await MoveAsync(run, r => BrokenOff(r, refusal.Message));
        }

        if (turn.Rows.Count == 0 && ct.IsCancellationRequested)
        {
            return null; // the server stops, and nobody was looked at
        }

        var done = turn.Rows.Where(r => r is { Refusal: null, IsSame: false }).ToList();
        return await MoveAsync(
            run,
            r =>
                r with
                {
                    Changed = r.Changed + done.Count,
                    Ended = r.Ended + done.Count(d => d.After!.State == MemberState.Ended),
                    Unchanged = r.Unchanged + turn.Rows.Count(t => t.IsSame),
                    Refused = r.Refused + turn.Rows.Count(t => t.Refusal is not null),
                    // who pressed Undo meanwhile wants this turn taken back, too
                    State = r.State == MemberRunState.Running && turn.Next is null ? MemberRunState.Done : r.State,
                    Search = turn.Next is null ? null : r.Search,
                    Cursor = r.State == MemberRunState.Running ? turn.Next?.ToString() : null,
                }
        );
    }

    private async Task<Refusal?> UndoAsync(Actor actor, MemberChangeRun run)
    {
        AuditEntry? line;
        await using (var db = store.Read())
        {
            var (target, before) = (run.Id.Value, Guid.TryParse(run.Cursor, out var at) ? new Id<AuditEntry>(at) : (Id<AuditEntry>?)null);
            var lines = db
                .AuditEntries.AsNoTracking()
                .Where(a => a.WorkspaceId == run.WorkspaceId && a.TargetId == target && a.Act == MemberChangeFacts.Act && !a.Refused);
            line = await (before is { } end ? lines.Where(a => a.Id < end) : lines).OrderByDescending(a => a.Id).FirstOrDefaultAsync();
        }

        if (line is null)
        {
            return await MoveAsync(run, r => r with { State = MemberRunState.Undone, Cursor = null, Search = null });
        }

        var undone = 0;
        var facts = MemberChangeFacts.Read(line);
        if (facts is { Members.Count: > 0 })
        {
            var outcome = await new UndoMemberChange(store).TurnAsync(actor, run, line, facts);
            if (!outcome.Is(out undone, out var refusal))
            {
                return refusal.Kind == RefusalKind.Unavailable ? refusal : await MoveAsync(run, r => BrokenOff(r, refusal.Message));
            }
        }

        return await MoveAsync(
            run,
            r =>
                r with
                {
                    Cursor = line.Id.Value.ToString(),
                    Undone = r.Undone + undone,
                    Kept = r.Kept + (facts?.Members.Count ?? 0) - undone,
                }
        );
    }

    private static MemberChangeRun BrokenOff(MemberChangeRun run, string why) =>
        run with
        {
            State = run.State == MemberRunState.Undoing ? MemberRunState.Undone : MemberRunState.Done,
            BrokenOff = why,
            Search = null,
            Cursor = null,
        };

    private async Task<Refusal?> MoveAsync(MemberChangeRun seen, Func<MemberChangeRun, MemberChangeRun> move) =>
        (
            await store.ChangeAsync<Nothing>(
                Actor.System,
                seen.WorkspaceId,
                StartMemberChange.Act,
                async attempt =>
                {
                    if (
                        await ReadAsync(attempt.Db, seen.WorkspaceId, seen.Id) is not { IsWorked: true } run
                        || (run.State == seen.State && run.Cursor != seen.Cursor)
                    )
                    {
                        return default(Nothing); // another server was faster
                    }

                    attempt.Changes.Update(run, move(run) with { MovedAt = attempt.At, Version = run.Version + 1 });
                    return default(Nothing);
                },
                default
            )
        ).Refusal;

    private async Task<Refusal?> QueueAsync(MemberChangeRun run) =>
        (
            await store.ChangeAsync<Nothing>(
                Actor.System,
                run.WorkspaceId,
                StartMemberChange.Act,
                attempt =>
                {
                    StartMemberChange.Queue(attempt, run);
                    return Task.FromResult<Outcome<Nothing>>(default(Nothing));
                },
                default
            )
        ).Refusal;

    internal static Task<MemberChangeRun?> ReadAsync(MembershipDb db, Id<Workspace> workspace, Id<BulkChange> id) =>
        db.MemberChangeRuns.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspace && r.Id == id);
}
