using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>What one undo did.</summary>
/// <param name="Undone">How many have again what they had.</param>
/// <param name="Kept">How many stay as they are: something else has happened to them since, or there is no room any more.</param>
/// <param name="More">Whether there are further turns of the run to be taken back.</param>
public sealed record UndoneMemberChange(int Undone, int Kept, bool More);

/// <summary>
/// Takes back one turn of <see cref="ChangeMembers"/>, the newest first, or has a job (<see cref="StartMemberChange"/>) taken back so, by
/// the acts for one member: whoever something else has happened to since stays, and so does whoever was only invited when they were
/// removed. Only whoever made the change can, for <see cref="MemberChangeLines.UndoFor"/>. Refusals: <c>forbidden</c>, <c>notFound</c>
/// (no such change of theirs, or nothing is left of it), <c>undoOver</c>, and for a group those of changing it.
/// </summary>
public sealed class UndoMemberChange(Store store)
{
    /// <summary>Takes one turn back.</summary>
    public async Task<Outcome<UndoneMemberChange>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<BulkChange> run,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        if (await WorkMemberChange.ReadAsync(db, workspaceId, run) is { } job)
        {
            return await QueueAsync(actor, job, ct);
        }

        var lines = await MemberChangeLines.ReadAsync(db, actor, workspaceId, run, ct);
        var refused =
            actor.Demand(workspaceId, lines?.Change.Permission ?? Permission.ManageMembers)
            ?? (
                lines is null || !lines.Standing.Any() ? Refusal.NotFound("change to undo")
                : store.Time.Now() > lines.UndoUntil ? MemberChangeLines.TooLate()
                : null
            );
        if (refused is not null)
        {
            return (
                await store.ChangeAsync<Nothing>(
                    actor,
                    workspaceId,
                    MemberChangeFacts.UndoneAct,
                    _ => Task.FromResult<Outcome<Nothing>>(refused),
                    ct
                )
            ).Refusal!;
        }

        Held.WriteInParts();
        var (line, facts) = lines!.Standing.First();
        var turn = await TurnAsync(db, actor, workspaceId, (run, lines.Change), line, facts);
        return turn.Is(out var undone, out var no)
            ? new UndoneMemberChange(undone, facts.Members.Count - undone, lines.Standing.Skip(1).Any())
            : no;
    }

    /// <summary>One turn of a job that is taken back: how many have again what they had.</summary>
    internal async Task<Outcome<int>> TurnAsync(Actor actor, MemberChangeRun run, AuditEntry line, MemberChangeFacts facts)
    {
        await using var db = store.Read();
        return await TurnAsync(db, actor, run.WorkspaceId, (run.Id, BulkChange.Read(run.Change)!), line, facts);
    }

    private async Task<Outcome<int>> TurnAsync(
        MembershipDb db,
        Actor actor,
        Id<Workspace> workspaceId,
        (Id<BulkChange> Id, BulkChange Change) run,
        AuditEntry line,
        MemberChangeFacts facts
    )
    {
        var step = new MemberChangeStep(store, actor, workspaceId, run.Change);
        var undone = facts.Members.Count;
        if (run.Change.Kind == MemberChangeKind.Group)
        {
            List<Id<Member>> ids = [.. facts.Members.Select(m => new Id<Member>(m))];
            if (await step.GroupAsync(ids, MembershipStepKind.Remove, CancellationToken.None) is { } no)
            {
                return no;
            }
        }
        else
        {
            undone = await EachAsync(db, workspaceId, step, line.At, facts);
        }

        return await TellAsync(actor, workspaceId, run.Id, line, undone, facts.Members.Count - undone) is { } busy ? busy : undone;
    }

    /// <summary>A job is taken back by a job: from here on nobody else is changed by it.</summary>
    private Task<Outcome<UndoneMemberChange>> QueueAsync(Actor actor, MemberChangeRun seen, CancellationToken ct) =>
        store.ChangeAsync<UndoneMemberChange>(
            actor,
            seen.WorkspaceId,
            MemberChangeFacts.UndoneAct,
            async attempt =>
            {
                var change = BulkChange.Read(seen.Change);
                if (actor.Demand(seen.WorkspaceId, change?.Permission ?? Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkMemberChange.ReadAsync(attempt.Db, seen.WorkspaceId, seen.Id) is not { } run
                    || !(actor.Unlimited || (run.ActorKind == actor.Kind && run.ActorId == actor.Id))
                    || change is not { CanBeUndone: true }
                    || run.State == MemberRunState.Undone
                    || (run is { State: MemberRunState.Done, Standing: 0 })
                )
                {
                    return Refusal.NotFound("change to undo");
                }

                if (run.State == MemberRunState.Done && attempt.At > run.UndoUntil)
                {
                    return MemberChangeLines.TooLate();
                }

                if (run.State != MemberRunState.Undoing)
                {
                    attempt.Changes.Update(
                        run,
                        run with
                        {
                            State = MemberRunState.Undoing,
                            Search = null,
                            Cursor = null,
                            MovedAt = attempt.At,
                            Version = run.Version + 1,
                        }
                    );
                    StartMemberChange.Queue(attempt, run);
                }

                return new UndoneMemberChange(run.Undone, run.Kept, true);
            },
            ct
        );

    private static async Task<int> EachAsync(
        MembershipDb db,
        Id<Workspace> workspaceId,
        MemberChangeStep step,
        DateTimeOffset at,
        MemberChangeFacts facts
    )
    {
        var ids = facts.Members.Select(m => new Id<Member>(m)).ToList();
        var members = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && m.State != MemberState.Ended && ids.Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, CancellationToken.None);
        var undone = 0;
        for (var i = 0; i < ids.Count; i++)
        {
            if (
                members.TryGetValue(ids[i], out var member)
                && member.ModifiedAt <= at // the turn's line is written after its last member
                && await step.UndoAsync(member, facts.Were?[i] ?? "", CancellationToken.None) is null
            )
            {
                undone++;
            }
        }

        return undone;
    }

    private async Task<Refusal?> TellAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<BulkChange> run,
        AuditEntry line,
        int undone,
        int kept
    ) =>
        (
            await store.ChangeAsync<Nothing>(
                actor,
                workspaceId,
                MemberChangeFacts.UndoneAct,
                attempt =>
                {
                    attempt.Changes.TellFacts(
                        MemberChangeFacts.UndoneAct,
                        workspaceId,
                        (MemberChangeFacts.Target, run.Value, null),
                        null,
                        new MemberUndoFacts(line.Id.Value, undone, kept)
                    );
                    return Task.FromResult<Outcome<Nothing>>(default(Nothing));
                },
                CancellationToken.None
            )
        ).Refusal;
}
