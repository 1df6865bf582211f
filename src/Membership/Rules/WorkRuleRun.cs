using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// Looks through the members of a workspace after its rules changed, in short turns: what a turn gives and how far it came is one
/// transaction, so after a crash, or with two servers at it, nobody is passed over and nothing is done twice. A message covers some
/// seconds; the next is queued with the end of the last.
/// </summary>
public sealed class WorkRuleRun(Store store) : IOutboxConsumer
{
    /// <summary>How many members a turn looks at, at most.</summary>
    public const int MostSeen = 1000;

    /// <summary>How many it gives something else, at most: what is written at once holds nobody up.</summary>
    public const int MostChanged = 250;

    /// <inheritdoc/>
    public string Kind => OutboxKind.RuleRun;

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

        var size = MostSeen;
        return InTurns.WorkAsync(
            store,
            workspace,
            "rules.resolved",
            async _ =>
            {
                if (!(await TurnAsync(workspace, size, CancellationToken.None)).Is(out var turn, out var refusal))
                {
                    return refusal;
                }

                size = turn.Changed >= MostChanged ? MostChanged : MostSeen;
                return !turn.IsDone ? Turn.More
                    : turn.WasDone ? Turn.None
                    : Turn.Last;
            },
            attempt =>
            {
                RuleRuns.Queue(attempt, workspace);
                return Task.CompletedTask;
            },
            ct
        );
    }

    /// <summary>One turn.</summary>
    internal Task<Outcome<(bool IsDone, bool WasDone, int Changed)>> TurnAsync(Id<Workspace> workspaceId, int size, CancellationToken ct) =>
        store.ChangeAsync<(bool, bool, int)>(
            Actor.System,
            workspaceId,
            "rules.resolved",
            async attempt =>
            {
                // first: whoever changes many groups at once, or a rule, after this read lets the turn be planned anew
                if (
                    await RuleRuns.ReadAsync(attempt.Db, workspaceId, ct) is not { DoneAt: null } run
                    || await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                )
                {
                    return (true, true, 0);
                }

                var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
                var members = await PageAsync(attempt.Db, workspaceId, run.Cursor, run.IsBehindEnd ? run.BeganAfter : null, size, ct);
                var files = await RuleFile.OfAsync(attempt.Db, workspaceId, rules, members, ct);
                var placement = new RulePlacement(attempt, workspace, rules);
                var seen = 0;
                foreach (var file in files)
                {
                    if (await placement.PlaceAsync(file, file.Groups.ContainsKey, mayRefuse: false, isTouched: false, ct) is { } refusal)
                    {
                        return refusal;
                    }

                    seen++;
                    if (placement.Outcomes.Count + placement.Marks >= MostChanged)
                    {
                        break;
                    }
                }

                await placement.FillAsync(ct);
                var passed = seen == members.Count && members.Count < size;
                var isDone = passed && (run.IsBehindEnd || run.BeganAfter == default);
                attempt.Changes.Update(
                    run,
                    run with
                    {
                        Cursor = passed ? (isDone ? run.Cursor : default) : members[seen - 1].Id,
                        IsBehindEnd = run.IsBehindEnd || (passed && !isDone),
                        Seen = run.Seen + seen,
                        Changed = run.Changed + placement.Outcomes.Count(o => o.Kept is null),
                        LeftOut = run.LeftOut + placement.Outcomes.Count(o => o.Kept is not null),
                        MovedAt = attempt.At,
                        DoneAt = isDone ? attempt.At : null,
                        Version = run.Version + 1,
                    }
                );
                return (isDone, false, placement.Outcomes.Count + placement.Marks);
            },
            ct
        );

    /// <summary>Members who have not ended, in the order of their ids.</summary>
    /// <param name="db">To read through.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="after">Behind whom it begins.</param>
    /// <param name="until">The last of them; null for no end.</param>
    /// <param name="size">How many.</param>
    /// <param name="ct">Stops the reading.</param>
    internal static async Task<IReadOnlyList<Member>> PageAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        Id<Member> after,
        Id<Member>? until,
        int size,
        CancellationToken ct
    )
    {
        var reader = RowReader<Member>.Of(db);
        var batch = new ReadBatch();
        var page = batch.Read(
            $"SELECT {reader.Columns("m")} FROM members m WHERE m.workspace_id = $1 AND m.id > $2 {(until is null ? "" : "AND m.id <= $4 ")}"
                + "AND m.state <> 'Ended' ORDER BY m.id LIMIT $3",
            row => reader.Read(row, 0),
            [workspace.Value, after.Value, size, .. until is { } last ? (object[])[last.Value] : []]
        );
        await batch.RunAsync(db, ct);
        return page.Rows;
    }
}
