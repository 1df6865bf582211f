using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>What one turn did.</summary>
/// <param name="Run">The run that it belongs to: what shows it and takes it back.</param>
/// <param name="Rows">What became of each; <see cref="MemberForecast.After"/> is what they are now.</param>
/// <param name="Missing">Those of the named who are not there.</param>
/// <param name="Next">Where the next turn begins; null when all are done.</param>
public sealed record MemberChangeTurn(
    Id<BulkChange> Run,
    IReadOnlyList<MemberForecast> Rows,
    IReadOnlyList<Id<Member>> Missing,
    PageCursor? Next
);

/// <summary>
/// Changes several members, in turns of at most <see cref="MemberChoice.Most"/>: each by the act for one alone, so that one who is refused
/// keeps nobody else from it, and each turn leaves a line with all of it, by which it can be taken back
/// (<see cref="UndoMemberChange"/>). A turn that is broken off leaves the line of what was done. Refusals, before anybody is changed:
/// those of <see cref="PreviewMemberChange"/>.
/// </summary>
public sealed class ChangeMembers(Store store)
{
    /// <summary>Does one turn.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="change">What is done.</param>
    /// <param name="choice">To whom, from where the last turn ended.</param>
    /// <param name="run">The run that goes on; null for a new one.</param>
    /// <param name="ct">Ends the turn after the member at hand.</param>
    public Task<Outcome<MemberChangeTurn>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        BulkChange change,
        MemberChoice choice,
        Id<BulkChange>? run,
        CancellationToken ct
    ) => TurnAsync(actor, workspaceId, change, choice, run, null, ct);

    /// <summary>A turn of a job, which passes over whom an earlier try of it reached.</summary>
    internal async Task<Outcome<MemberChangeTurn>> TurnAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        BulkChange change,
        MemberChoice choice,
        Id<BulkChange>? run,
        DateTimeOffset? since,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        var workspace = await WorkspaceContext.ByIdAsync(db, workspaceId, ct);
        if ((workspace is null ? Refusal.NotFound("workspace") : change.Check(actor, workspace) ?? choice.Check()) is { } refused)
        {
            // through the store, which keeps a line of who tried what they may not
            return (await store.ChangeAsync<Nothing>(actor, workspaceId, MemberChangeFacts.Act, _ => Refused(refused), ct)).Refusal!;
        }

        Held.WriteInParts(); // each rests on what those before left
        var (members, next) = await choice.ReadAsync(db, workspaceId, MemberChoice.Most, ct);
        var step = new MemberChangeStep(store, actor, workspaceId, change, since);
        var rows = change.Kind == MemberChangeKind.Group ? await GroupAsync(db, step, members, ct) : await EachAsync(step, members, ct);
        var turn = new MemberChangeTurn(
            run ?? Id<BulkChange>.New(store.Time),
            rows,
            [.. choice.Missing(members)],
            rows.Count == members.Count || members.Count == 0 ? next
                : rows.Count == 0 ? choice.Query?.After
                : MemberList.Place(rows[^1].Before)
        );
        var told = await TellAsync(actor, workspaceId, change, step, turn);
        return told is { } busy ? busy : turn;
    }

    private static Task<Outcome<Nothing>> Refused(Refusal refusal) => Task.FromResult<Outcome<Nothing>>(refusal);

    private static async Task<List<MemberForecast>> EachAsync(MemberChangeStep step, List<Member> members, CancellationToken ct)
    {
        List<MemberForecast> rows = [];
        foreach (var member in members)
        {
            if (ct.IsCancellationRequested)
            {
                break; // what was done has its line all the same
            }

            var outcome = await step.RunAsync(member, CancellationToken.None);
            rows.Add(outcome.Is(out var after, out var refusal) ? step.Forecast(member, after) : new(member, null, refusal, false));
        }

        return rows;
    }

    private static async Task<List<MemberForecast>> GroupAsync(
        MembershipDb db,
        MemberChangeStep step,
        List<Member> members,
        CancellationToken ct
    )
    {
        var inside = await step.InGroupAsync(db, members, ct);
        var news = members.Where(m => !inside.Contains(m.Id)).Select(m => m.Id).ToList();
        var refusal = news.Count == 0 ? null : await step.GroupAsync(news, MembershipStepKind.Add, CancellationToken.None);
        return
        [
            .. members.Select(m =>
                inside.Contains(m.Id) ? new MemberForecast(m, m, null, true) : new(m, refusal is null ? m : null, refusal, false)
            ),
        ];
    }

    private async Task<Refusal?> TellAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        BulkChange change,
        MemberChangeStep step,
        MemberChangeTurn turn
    )
    {
        var done = turn.Rows.Where(r => r is { Refusal: null, IsSame: false }).ToList();
        var kept = done.Where(r => r.After!.State != MemberState.Ended).ToList();
        var ended = done.Where(r => r.After!.State == MemberState.Ended).Select(r => r.Before.Id.Value).ToList();
        var refused = turn.Rows.Where(r => r.Refusal is not null).ToList();
        var were = kept.Select(r => step.Had(r.Before)).ToList();
        var facts = new MemberChangeFacts
        {
            Change = change.ToString(),
            Members = [.. kept.Select(r => r.Before.Id.Value)],
            Were = were.Any(w => w.Length > 0) ? were : null,
            Ended = ended.Count > 0 ? ended : null,
            Unchanged = turn.Rows.Count(r => r.IsSame),
            Refused = refused.Count > 0 ? [.. refused.Select(r => r.Before.Id.Value)] : null,
            Reasons = refused.Count > 0 ? [.. refused.Select(r => r.Refusal!.Message)] : null,
        };
        return (
            await store.ChangeAsync<Nothing>(
                actor,
                workspaceId,
                MemberChangeFacts.Act,
                attempt =>
                {
                    attempt.Changes.TellFacts(
                        MemberChangeFacts.Act,
                        workspaceId,
                        (MemberChangeFacts.Target, turn.Run.Value, null),
                        null,
                        facts
                    );
                    return Task.FromResult<Outcome<Nothing>>(default(Nothing));
                },
                CancellationToken.None
            )
        ).Refusal;
    }
}
