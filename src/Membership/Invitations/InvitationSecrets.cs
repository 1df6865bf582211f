using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// Gives an invitation fresh secrets and a fresh lifetime: one secret for the link that is copied, another for the link
/// that is mailed, for only the mailed one proves the address. Earlier ones are dead.
/// </summary>
internal static class InvitationSecrets
{
    /// <summary>The invitation with its new secrets, and the secret for copying; queues and counts the mail, where one is sent.</summary>
    public static (Invitation Invitation, string LinkSecret) Issue(Attempt attempt, WorkspaceContext workspace, Invitation invitation)
    {
        var link = Secret.Within(workspace.Id);
        var issued = invitation with
        {
            ExpiresAt = attempt.At.AddDays(workspace.Configuration.Invitations.LifetimeDays),
            LinkHash = Secret.Hash(link),
            LinkSealed = attempt.Box.SealText(Invitation.LinkPurpose, link),
            MailHash = null,
            MailSealed = null,
            SentAt = null,
            RemindedAt = null,
            IsMailFile = null,
            MailFailure = null,
            MailRefusedAt = null,
        };
        if (issued.SendMail && issued.MailAddress is not null)
        {
            var mailed = Secret.Within(workspace.Id);
            issued = issued with { MailHash = Secret.Hash(mailed), MailSealed = attempt.Box.SealText(Invitation.MailPurpose, mailed) };
            MailQuota.Take(attempt, workspace, issued);
            attempt.Changes.Send(OutboxKind.InvitationMail, issued.Id.Value, MailQuota.SubjectOf(issued), issued.WorkspaceId);
        }

        return (issued, link);
    }
}
