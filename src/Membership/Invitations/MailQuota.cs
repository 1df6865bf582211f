using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// How many invitations a workspace may mail, which its plan says: in all, and then a mail never comes back, or by the day of UTC. Each
/// mail that is ordered is counted in the transaction of its order, so no rivals pass the limit. What people have mailed to themselves,
/// by a link for many or a domain, counts for nothing in it. Beside it a guard against mail bombs, which is no plan and may be passed by
/// a few.
/// </summary>
internal static class MailQuota
{
    /// <summary>How many mails one invitation may cause in 24 hours.</summary>
    public const int MostOfOne = 10;

    /// <summary>How many people may have themselves mailed in 24 hours, by a link for many or a domain.</summary>
    public const int MostBySelf = 1000;

    private const string InAll = "all";

    /// <summary>How many invitations may be mailed still; very many where there is no quota.</summary>
    public static async Task<int> LeftAsync(MembershipDb db, WorkspaceContext workspace, DateTimeOffset at, CancellationToken ct) =>
        (await ReadAsync(db, workspace, at, ct)).Left ?? int.MaxValue;

    /// <summary>The same with the limit, for people.</summary>
    public static async Task<MailsLeft> ReadAsync(MembershipDb db, WorkspaceContext workspace, DateTimeOffset at, CancellationToken ct)
    {
        var isOver = workspace.Plan.IsOver(at);
        if (Of(workspace, at) is not { } quota)
        {
            return new(null, isOver ? 0 : null);
        }

        var used = await UsedAsync(db, workspace, at, ct);
        return new(quota.Limit, isOver ? 0 : (int)Math.Max(0, quota.Limit - used), quota.Period == InAll);
    }

    /// <summary>How many were mailed in the period that counts now; 0 without a quota.</summary>
    public static async Task<long> UsedAsync(MembershipDb db, WorkspaceContext workspace, DateTimeOffset at, CancellationToken ct)
    {
        var period = Of(workspace, at)?.Period;
        return await db
            .MailCounts.AsNoTracking()
            .Where(c => c.WorkspaceId == workspace.Id && c.Period == period)
            .Select(c => c.Used)
            .FirstOrDefaultAsync(ct);
    }

    /// <summary>Counts the mail of an invitation that somebody sends; it is refused at the write when a rival took the last one.</summary>
    public static void Take(Attempt attempt, WorkspaceContext workspace, Invitation invitation)
    {
        if (invitation is { InviteLinkId: null, EmailDomainId: null } && Of(workspace, attempt.At) is { } quota)
        {
            attempt.Changes.CountMail(
                Count(
                    workspace.Id,
                    quota.Period,
                    quota.Period == InAll ? DateTimeOffset.MaxValue : new(attempt.At.UtcDateTime.Date.AddDays(1), TimeSpan.Zero),
                    quota.Limit,
                    Reached(workspace, attempt.At)
                )
            );
        }
    }

    /// <summary>The steps that count one mail of a period and ask whether it was one too many.</summary>
    private static IEnumerable<Step> Count(Id<Workspace> workspace, string period, DateTimeOffset endsAt, int limit, Refusal refusal) =>
        [
            new Statement(
                "INSERT INTO mail_counts (workspace_id, period, ends_at, used) VALUES ($1, $2, $3, 1) ON CONFLICT (workspace_id, period) "
                    + "DO UPDATE SET used = mail_counts.used + 1",
                [Value.Of("$1", workspace.Value), Value.Of("$2", period), Value.Of("$3", endsAt.ToUnixTimeMilliseconds())]
            ),
            new Question(
                "SELECT 1 FROM mail_counts WHERE workspace_id = $1 AND period = $2 AND used > $3 LIMIT 1",
                [Value.Of("$1", workspace.Value), Value.Of("$2", period), Value.Of("$3", (long)limit)],
                0,
                GuardFailure.Refused,
                refusal
            ),
        ];

    /// <summary>Whether so many strangers had themselves mailed in the last 24 hours that it is no use any more but a mail bomb.</summary>
    public static async Task<bool> IsReachedBySelfAsync(Attempt attempt, Id<Workspace> workspace, CancellationToken ct)
    {
        var since = attempt.At.AddDays(-1);
        return await attempt
                .Db.Invitations.Where(i => i.WorkspaceId == workspace && i.CreatedAt > since && i.SendMail)
                .Where(i => i.InviteLinkId != null || i.EmailDomainId != null)
                .Take(MostBySelf)
                .CountAsync(ct)
                + await attempt
                    .Db.JoinRequests.Where(r => r.WorkspaceId == workspace && r.State == JoinRequestState.Unproven && r.CreatedAt > since)
                    .Take(MostBySelf)
                    .CountAsync(ct)
            >= MostBySelf;
    }

    /// <summary>Whether this one invitation was mailed too often in the last 24 hours.</summary>
    public static async Task<bool> IsReachedAsync(Attempt attempt, Invitation invitation, CancellationToken ct)
    {
        var (subject, since) = (SubjectOf(invitation), attempt.At.AddDays(-1));
        return await attempt.Db.OutboxMessages.CountAsync(m => m.Subject == subject && m.CreatedAt > since, ct) >= MostOfOne;
    }

    /// <summary>Why an invitation that somebody sends cannot be mailed again; null when it can.</summary>
    public static async Task<Refusal?> AgainstAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Invitation invitation,
        CancellationToken ct
    ) =>
        await IsReachedAsync(attempt, invitation, ct) ? Reached()
        : invitation is { InviteLinkId: null, EmailDomainId: null } && await LeftAsync(attempt.Db, workspace, attempt.At, ct) == 0
            ? Reached(workspace, attempt.At)
        : null;

    /// <summary>What the outbox calls the mails of an invitation.</summary>
    public static string SubjectOf(Invitation invitation) => "invitation:" + invitation.Id;

    /// <summary>The refusal of the guard.</summary>
    public static Refusal Reached() =>
        new(RefusalKind.TooMany, "mailQuota", "No more of these can be mailed today.", RetryAfter: TimeSpan.FromHours(1));

    /// <summary>The refusal of the plan.</summary>
    public static Refusal Reached(WorkspaceContext workspace, DateTimeOffset at)
    {
        const string Without = "Invite without mail where that is offered, or by an invite link, and hand the link over.";
        return workspace.Plan.IsOver(at) ? workspace.Plan.Over()
            : Of(workspace, at) is { Period: InAll, Limit: var all }
                ? new(
                    RefusalKind.TooMany,
                    "mailQuota",
                    $"{Number(all)} of {Number(all)} invitation mails of this plan are used, and none comes back. {Without}"
                )
            : new(
                RefusalKind.TooMany,
                "mailQuota",
                $"No more invitations can be mailed today; the count begins anew at midnight UTC. {Without}",
                RetryAfter: at.UtcDateTime.Date.AddDays(1) - at.UtcDateTime
            );
    }

    private static (string Period, int Limit)? Of(WorkspaceContext workspace, DateTimeOffset at) =>
        workspace.Plan.MailsInAll is { } all ? (InAll, all)
        : workspace.Configuration.Invitations.MailsPerDay is { } day
            ? (at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day)
        : null;

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>How many invitations a workspace mailed in a period, counted with the order of each.</summary>
public sealed record MailCount
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary><c>all</c>, or a day of UTC as <c>2026-11-29</c>.</summary>
    public required string Period { get; init; }

    /// <summary>When the period is over; the last moment that there is for <c>all</c>.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>How many; never less than before.</summary>
    public required long Used { get; init; }
}
