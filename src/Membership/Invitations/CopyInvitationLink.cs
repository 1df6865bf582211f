using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// Shows the link of an open invitation for copying; the copy is audited. Refusals: <c>notFound</c>, <c>forbidden</c>,
/// <c>grantCeiling</c>, <c>invitationClosed</c>.
/// </summary>
public sealed class CopyInvitationLink(Store store)
{
    /// <summary>Gives the secret of the link.</summary>
    public Task<Outcome<string>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Invitation> id, CancellationToken ct) =>
        InvitationAct.RunAsync<string>(
            store,
            actor,
            workspaceId,
            id,
            "invitation.linkCopied",
            (attempt, _, invitation) =>
            {
                if (
                    attempt.Box.OpenText(Invitation.LinkPurpose, invitation.LinkSealed) is not { } link
                    || invitation.StatusAt(attempt.At) != InvitationStatus.Pending
                )
                {
                    return Task.FromResult<Outcome<string>>(InvitationAct.Closed(invitation.StatusAt(attempt.At)));
                }

                attempt.Changes.Tell("invitation.linkCopied", workspaceId, ("invitation", id.Value, invitation.UserName));
                return Task.FromResult<Outcome<string>>(link);
            },
            ct
        );
}
