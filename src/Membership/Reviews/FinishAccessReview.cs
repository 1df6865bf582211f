using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>
/// Ends an access review: it changes no more. Whom nobody decided about keeps what they have, and is counted as not decided. Refusals:
/// <c>forbidden</c>, <c>notFound</c>, <c>reviewFinished</c>.
/// </summary>
public sealed class FinishAccessReview(Store store)
{
    /// <summary>Ends it.</summary>
    public Task<Outcome<AccessReview>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<AccessReview> id, CancellationToken ct) =>
        store.ChangeAsync<AccessReview>(
            actor,
            workspaceId,
            "accessReview.finished",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await attempt
                        .Db.AccessReviews.AsNoTracking()
                        .FirstOrDefaultAsync(r => r.WorkspaceId == workspaceId && r.Id == id, ct)
                        is not { } review
                )
                {
                    return Refusal.NotFound("review");
                }

                if (review.FinishedAt is not null)
                {
                    return DecideAccess.Finished();
                }

                var (total, isExact) = await MemberList.TotalAsync(attempt.Db, workspaceId, review.Scope, MemberList.MostCounted, ct);
                var finished = review with
                {
                    FinishedAt = attempt.At,
                    FinishedBy = actor.Member,
                    NotDecided = isExact ? Math.Max(0, total - review.Kept - review.Suspended) : null, // who was removed is in no total
                    Version = review.Version + 1,
                };
                attempt.Changes.Update(review, finished);
                await ReviewReminders.FinishedAsync(attempt, workspace, finished, ct);
                attempt.Changes.TellFacts(
                    "accessReview.finished",
                    workspaceId,
                    ("accessReview", id.Value, workspace.Row.Name),
                    null,
                    new
                    {
                        kept = finished.Kept,
                        suspended = finished.Suspended,
                        removed = finished.Removed,
                        notDecided = finished.NotDecided,
                    }
                );
                return finished;
            },
            ct
        );
}
