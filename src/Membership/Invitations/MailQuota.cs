using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// The guard against mail bombs: so many invitations by mail in 24 hours for a workspace, and so many mails for one of
/// them. It counts and then sends, so rivals may pass it by a few; it is a guard and no plan.
/// </summary>
internal static class MailQuota
{
    /// <summary>How many mails one invitation may cause in 24 hours.</summary>
    public const int MostOfOne = 10;

    /// <summary>How many people may have themselves mailed in 24 hours, by a link for many or a domain.</summary>
    public const int MostBySelf = 1000;

    /// <summary>Whether the workspace's quota of the last 24 hours is used up.</summary>
    public static async Task<bool> IsReachedAsync(Attempt attempt, WorkspaceContext workspace, CancellationToken ct) =>
        await LeftAsync(attempt.Db, workspace, attempt.At, ct) == 0;

    /// <summary>How many invitations may be mailed still; very many where there is no quota.</summary>
    public static async Task<int> LeftAsync(MembershipDb db, WorkspaceContext workspace, DateTimeOffset at, CancellationToken ct)
    {
        if (workspace.Configuration.Invitations.MailsPerDay is not { } most)
        {
            return int.MaxValue;
        }

        var since = at.AddDays(-1);
        return Math.Max(
            0,
            most
                - await db
                    .Invitations.Where(i => i.WorkspaceId == workspace.Id && i.CreatedAt > since && i.SendMail)
                    .Where(i => i.InviteLinkId == null && i.EmailDomainId == null) // those by name alone
                    .Take(most)
                    .CountAsync(ct)
        );
    }

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

    /// <summary>What the outbox calls the mails of an invitation.</summary>
    public static string SubjectOf(Invitation invitation) => "invitation:" + invitation.Id;

    /// <summary>The refusal.</summary>
    public static Refusal Reached() =>
        new(
            RefusalKind.TooMany,
            "mailQuota",
            "No more invitations can be mailed today. Wait, or invite without mail where that is offered and hand the link over.",
            RetryAfter: TimeSpan.FromHours(1)
        );
}
