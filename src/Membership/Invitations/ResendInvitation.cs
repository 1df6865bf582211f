using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// Sends an invitation again: new secrets, a new lifetime, the old links dead. Refusals: <c>notFound</c>,
/// <c>forbidden</c>, <c>grantCeiling</c>, <c>invitationClosed</c>, <c>resendNotOffered</c>, <c>mailQuota</c>.
/// </summary>
public sealed class ResendInvitation(Store store)
{
    /// <summary>Sends it again.</summary>
    public Task<Outcome<IssuedInvitation>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Invitation> id, CancellationToken ct) =>
        InvitationAct.RunAsync<IssuedInvitation>(
            store,
            actor,
            workspaceId,
            id,
            "invitation.resent",
            async (attempt, workspace, invitation) =>
            {
                var resend = workspace.Configuration.Invitations.Resend;
                if (
                    resend == ResendWhen.Never
                    || (resend == ResendWhen.Expired && invitation.StatusAt(attempt.At) != InvitationStatus.Expired)
                )
                {
                    return NotOffered(resend);
                }

                if (
                    invitation is { SendMail: true, MailAddress: not null }
                    && await MailQuota.AgainstAsync(attempt, workspace, invitation, ct) is { } reached
                )
                {
                    return reached;
                }

                var (issued, link) = InvitationSecrets.Issue(attempt, workspace, invitation);
                issued = issued with { Version = invitation.Version + 1 };
                attempt.Changes.Update(invitation, issued);
                attempt.Changes.Tell("invitation.resent", workspaceId, ("invitation", id.Value, invitation.UserName), invitation, issued);
                return new IssuedInvitation(issued, link, issued.SendMail ? issued.MailAddress : null);
            },
            ct
        );

    /// <summary>The refusal where the workspace sends no invitation again, or not yet.</summary>
    internal static Refusal NotOffered(ResendWhen when) =>
        new(
            RefusalKind.Conflict,
            "resendNotOffered",
            when == ResendWhen.Never
                ? "End this invitation and invite the person anew."
                : "An invitation can be sent again once it has expired. Its link can be copied until then."
        );
}
