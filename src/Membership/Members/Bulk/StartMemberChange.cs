using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>
/// Begins to change all members that match a search: a job that is worked off whether or not anybody waits for it
/// (<see cref="WorkMemberChange"/>), and is taken back as one (<see cref="UndoMemberChange"/>). Refusals: those of
/// <see cref="PreviewMemberChange"/>, <c>changesRunning</c>.
/// </summary>
public sealed class StartMemberChange(Store store)
{
    /// <summary>The act in the audit log.</summary>
    public const string Act = "members.changeStarted";

    /// <summary>So many may wait for each other in a workspace.</summary>
    public const int MostRunning = 5;

    /// <summary>Begins it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="change">What is done.</param>
    /// <param name="query">To whom: all that match, from the first on.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<MemberChangeRun>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        BulkChange change,
        MemberListQuery query,
        CancellationToken ct
    ) =>
        store.ChangeAsync<MemberChangeRun>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                var db = attempt.Db;
                if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                if (change.Check(actor, workspace) is { } refused)
                {
                    return refused;
                }

                var running = db.MemberChangeRuns.Where(r =>
                    r.WorkspaceId == workspaceId && (r.State == MemberRunState.Running || r.State == MemberRunState.Undoing)
                );
                if (await running.CountAsync(ct) >= MostRunning)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "changesRunning",
                        $"{MostRunning} changes are being worked off already. Begin this one when one of them is done."
                    );
                }

                var all = query with { After = null, Before = null, Sort = MemberSort.Name, Descending = false };
                var (total, isExact) = await MemberList.TotalAsync(db, workspaceId, all, MemberChoice.MostCounted, ct);
                var run = new MemberChangeRun
                {
                    WorkspaceId = workspaceId,
                    Id = Id<BulkChange>.New(attempt.Time),
                    Change = change.ToString(),
                    Search = StoredSearch.Of(all),
                    State = MemberRunState.Running,
                    Total = total,
                    TotalIsExact = isExact,
                    StartedAt = attempt.At,
                    MovedAt = attempt.At,
                    ActorKind = actor.Kind,
                    ActorId = actor.Id,
                    ActorName = actor.Name,
                    Door = actor.Door,
                    Version = 1,
                };
                attempt.Changes.Add(run);
                Queue(attempt, run);
                attempt.Changes.TellFacts(
                    Act,
                    workspaceId,
                    (MemberChangeFacts.Target, run.Id.Value, null),
                    null,
                    new { change = run.Change, concerns = total }
                );
                return run;
            },
            ct
        );

    /// <summary>Queues the next turns; those of one workspace one after the other.</summary>
    internal static void Queue(Attempt attempt, MemberChangeRun run) =>
        attempt.Changes.Send(OutboxKind.MemberChange, run.Id.Value, $"memberChange:{run.WorkspaceId}", run.WorkspaceId);
}
