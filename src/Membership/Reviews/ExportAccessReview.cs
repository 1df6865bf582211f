using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>One line of the record.</summary>
/// <param name="Decision">What was decided, when, and what was seen.</param>
/// <param name="Member">About whom, as they are called now; null when the row is gone.</param>
/// <param name="By">Who decided, as they are called now; null for a program or the operator.</param>
public sealed record ReviewedPerson(AccessDecision Decision, Member? Member, Member? By);

/// <summary>The record of a review.</summary>
/// <param name="Review">The review.</param>
/// <param name="Lines">Its decisions, read as they are asked for.</param>
public sealed record AccessReviewRecord(AccessReview Review, IAsyncEnumerable<ReviewedPerson> Lines);

/// <summary>
/// The record of an access review: every decision in the order of the members' ids, read page by page, so that memory does not grow with
/// it. An open one gives what is decided so far. Leaves a line in the audit log. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ExportAccessReview(Store store)
{
    private const int PageSize = 500;

    /// <summary>Begins the export.</summary>
    public Task<Outcome<AccessReviewRecord>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<AccessReview> id, CancellationToken ct) =>
        store.ChangeAsync<AccessReviewRecord>(
            actor,
            workspaceId,
            "accessReview.exported",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
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

                attempt.Changes.TellFacts(
                    "accessReview.exported",
                    workspaceId,
                    ("accessReview", id.Value, workspace.Row.Name),
                    null,
                    new { decided = review.Decided }
                );
                return new AccessReviewRecord(review, ReadAsync(review, ct));
            },
            ct
        );

    private async IAsyncEnumerable<ReviewedPerson> ReadAsync(AccessReview review, [EnumeratorCancellation] CancellationToken ct)
    {
        var last = default(Id<Member>);
        List<AccessDecision> page;
        do
        {
            Dictionary<Id<Member>, Member> people;
            await using (var db = store.Read())
            {
                page = await db
                    .AccessDecisions.AsNoTracking()
                    .Where(d => d.WorkspaceId == review.WorkspaceId && d.ReviewId == review.Id && d.MemberId > last)
                    .OrderBy(d => d.MemberId)
                    .Take(PageSize)
                    .ToListAsync(ct);
                var ids = page.Select(d => d.MemberId).Concat(page.Select(d => d.DecidedBy).OfType<Id<Member>>()).Distinct().ToList();
                people = await db
                    .Members.AsNoTracking()
                    .Where(m => m.WorkspaceId == review.WorkspaceId && ids.Contains(m.Id))
                    .ToDictionaryAsync(m => m.Id, ct);
            }

            foreach (var decision in page)
            {
                last = decision.MemberId;
                yield return new(
                    decision,
                    people.GetValueOrDefault(last),
                    decision.DecidedBy is { } by ? people.GetValueOrDefault(by) : null
                );
            }
        } while (page.Count == PageSize);
    }
}
