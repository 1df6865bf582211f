using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>
/// Begins an access review. It costs the same however many people it is about: who they are is read page by page. Refusals:
/// <c>forbidden</c>, <c>notFound</c>, <c>unknownRole</c>, <c>unknownGroup</c>, <c>reviewOpen</c> while another one is not finished.
/// </summary>
public sealed class StartAccessReview(Store store)
{
    /// <summary>Begins it.</summary>
    /// <param name="actor">Who begins it.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="role">Only people of this role; null or empty for all.</param>
    /// <param name="group">Only people of this group; null for all.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<AccessReview>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        string? role,
        Id<Group>? group,
        CancellationToken ct
    ) =>
        store.ChangeAsync<AccessReview>(
            actor,
            workspaceId,
            "accessReview.started",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                var of = string.IsNullOrEmpty(role) ? null : role;
                if (of is not null && workspace.Configuration.Role(of) is null)
                {
                    return Refusal.Unknown("role", "There is no such role.");
                }

                if (group is { } wanted && !await attempt.Db.Groups.AnyAsync(g => g.WorkspaceId == workspaceId && g.Id == wanted, ct))
                {
                    return Refusal.Unknown("group", "There is no such group.");
                }

                if (await attempt.Db.AccessReviews.AnyAsync(r => r.WorkspaceId == workspaceId && r.FinishedAt == null, ct))
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "reviewOpen",
                        "An access review is open already. Go on with it, or finish it."
                    );
                }

                var review = new AccessReview
                {
                    WorkspaceId = workspaceId,
                    Id = Id<AccessReview>.New(attempt.Time),
                    Role = of,
                    GroupId = group,
                    StartedAt = attempt.At,
                    StartedBy = actor.Member,
                    Version = 1,
                };
                attempt.Changes.Add(review);
                ReviewReminders.Begun(attempt, review);
                attempt.Changes.TellFacts(
                    "accessReview.started",
                    workspaceId,
                    ("accessReview", review.Id.Value, workspace.Row.Name),
                    null,
                    new { role = of, group = group?.Value }
                );
                return review;
            },
            ct
        );
}
