using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Reviews;

/// <summary>What a reminder has to say, as it stands when it is sent.</summary>
/// <param name="Open">The review that nobody has finished; null where none is open and the next one is due.</param>
/// <param name="StartedBy">Who began it, as they are called now; null for a program, the operator and whoever is erased.</param>
/// <param name="EveryDays">Each how many days everybody is looked through; null where an open review is meant.</param>
public sealed record ReviewReminder(AccessReview? Open, string? StartedBy, int? EveryDays);

/// <summary>When everybody is to be looked through.</summary>
/// <param name="At">When it is due.</param>
/// <param name="Last">When the last review of everybody was finished; null for never.</param>
public sealed record ReviewDue(DateTimeOffset At, DateTimeOffset? Last);

/// <summary>
/// When admins are reminded of access reviews: when the next one of everybody is due, and once more <see cref="Again"/> later where none was
/// begun; and of a review that is open for so long. The orders wait in the outbox from the act that starts the time, so that nobody walks
/// through workspaces; whether one is still wanted is asked when its time has come.
/// </summary>
public static class ReviewReminders
{
    /// <summary>After how long admins are reminded once more.</summary>
    public static readonly TimeSpan Again = TimeSpan.FromDays(7);

    /// <summary>
    /// When the next look through everybody is due: so many days after the last one was finished, or after the workspace was made
    /// (<see cref="AdviceRules.ReviewEveryDays"/>). Null where one is open, or nobody is to be reminded.
    /// </summary>
    public static async Task<DateTimeOffset?> NextAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct) =>
        (await DueAsync(db, workspace, ct))?.At;

    /// <summary>The same, with when everybody was looked through last.</summary>
    public static async Task<ReviewDue?> DueAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(workspace);
        if (workspace.Configuration.Advice.ReviewEveryDays is not { } days)
        {
            return null;
        }

        var last = await db
            .AccessReviews.AsNoTracking()
            .Where(r => r.WorkspaceId == workspace.Id && r.Role == null && r.GroupId == null)
            .OrderByDescending(r => r.Id)
            .FirstOrDefaultAsync(ct);
        return last is { FinishedAt: null } ? null : new((last?.FinishedAt ?? workspace.Row.CreatedAt).AddDays(days), last?.FinishedAt);
    }

    /// <summary>What a message has to say now; null where it is not wanted any more.</summary>
    public static async Task<ReviewReminder?> ReadAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        OutboxMessage message,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(message);
        if (message.About == workspace.Id.Value)
        {
            return await NextAsync(db, workspace, ct) <= at
                ? new ReviewReminder(null, null, workspace.Configuration.Advice.ReviewEveryDays)
                : null;
        }

        var id = new Id<AccessReview>(message.About);
        var review = await db.AccessReviews.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspace.Id && r.Id == id, ct);
        return review is { FinishedAt: null }
            ? new ReviewReminder(review, (await AccessReviewRow.ReadAsync(db, workspace.Id, [review], ct))[0].StartedBy, null)
            : null;
    }

    /// <summary>A workspace is made, or reviews are due at other times than before.</summary>
    internal static async Task FollowAsync(Attempt attempt, WorkspaceContext? before, WorkspaceContext after, CancellationToken ct)
    {
        var days = after.Configuration.Advice.ReviewEveryDays;
        if (days is not null && days != before?.Configuration.Advice.ReviewEveryDays)
        {
            var next = before is null ? attempt.At.AddDays(days.Value) : await NextAsync(attempt.Db, after, ct);
            await OrderAsync(attempt, after.Id, next, ct);
        }
    }

    /// <summary>A review is begun.</summary>
    internal static void Begun(Attempt attempt, AccessReview review) =>
        attempt.Changes.Send(OutboxKind.ReviewReminder, review.Id.Value, "review:" + review.Id, review.WorkspaceId, Again);

    /// <summary>A review is finished.</summary>
    internal static Task FinishedAsync(Attempt attempt, WorkspaceContext workspace, AccessReview review, CancellationToken ct) =>
        review.IsOfAll && workspace.Configuration.Advice.ReviewEveryDays is { } days
            ? OrderAsync(attempt, workspace.Id, attempt.At.AddDays(days), ct)
            : Task.CompletedTask;

    // An order takes the place of earlier ones: otherwise each would be wanted once one of them is.
    private static async Task OrderAsync(Attempt attempt, Id<Workspace> workspace, DateTimeOffset? due, CancellationToken ct)
    {
        var (first, again) = ($"review-due:{workspace}", $"review-due-again:{workspace}");
        var earlier = await attempt
            .Db.OutboxMessages.AsNoTracking()
            .Where(m => m.Kind == OutboxKind.ReviewReminder && (m.Subject == first || m.Subject == again))
            .Where(m => m.DoneAt == null && m.DeadAt == null)
            .ToListAsync(ct);
        foreach (var message in earlier)
        {
            attempt.Changes.Update(message, message with { DoneAt = attempt.At });
        }

        if (due is { } at)
        {
            var wait = at > attempt.At ? at - attempt.At : TimeSpan.Zero;
            attempt.Changes.Send(OutboxKind.ReviewReminder, workspace.Value, first, workspace, wait);
            attempt.Changes.Send(OutboxKind.ReviewReminder, workspace.Value, again, workspace, wait + Again);
        }
    }
}
