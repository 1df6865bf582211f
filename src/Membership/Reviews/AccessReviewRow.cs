using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>A review with the names that it bears no copies of.</summary>
/// <param name="Review">The review.</param>
/// <param name="Group">Its group's name; null where it is about no group, or the group is gone.</param>
/// <param name="StartedBy">Who began it, as they are called now; null for a program, the operator, or somebody who is erased.</param>
/// <param name="FinishedBy">Who finished it, in the same way.</param>
public sealed record AccessReviewRow(AccessReview Review, string? Group, string? StartedBy, string? FinishedBy)
{
    internal static async Task<List<AccessReviewRow>> ReadAsync(
        MembershipDb db,
        Id<Workspace> workspaceId,
        IReadOnlyList<AccessReview> reviews,
        CancellationToken ct
    )
    {
        var people = reviews.SelectMany(r => new[] { r.StartedBy, r.FinishedBy }).OfType<Id<Members.Member>>().Distinct().ToList();
        var names = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && people.Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, m => m.ShownName, ct);
        var ids = reviews.Select(r => r.GroupId).OfType<Id<Groups.Group>>().Distinct().ToList();
        var groups = await db
            .Groups.AsNoTracking()
            .Where(g => g.WorkspaceId == workspaceId && ids.Contains(g.Id))
            .ToDictionaryAsync(g => g.Id, g => g.DisplayName, ct);
        return
        [
            .. reviews.Select(r => new AccessReviewRow(
                r,
                r.GroupId is { } group ? groups.GetValueOrDefault(group) : null,
                r.StartedBy is { } by ? names.GetValueOrDefault(by) : null,
                r.FinishedBy is { } end ? names.GetValueOrDefault(end) : null
            )),
        ];
    }
}
