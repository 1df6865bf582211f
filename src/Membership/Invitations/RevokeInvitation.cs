using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>
/// Revokes an open invitation: its links are dead at once, the name is free; who had been removed before is removed again. One whose time
/// is over is ended too and stays expired.
/// Refusals: <c>notFound</c>,
/// <c>forbidden</c>, <c>grantCeiling</c>, <c>invitationClosed</c>.
/// </summary>
public sealed class RevokeInvitation(Store store)
{
    /// <summary>Revokes it.</summary>
    public Task<Outcome<Invitation>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Invitation> id, CancellationToken ct) =>
        InvitationAct.RunAsync<Invitation>(
            store,
            actor,
            workspaceId,
            id,
            "invitation.revoked",
            async (attempt, workspace, invitation) =>
            {
                var file = await Members.MemberWithGrants.ReadAsync(attempt.Db, workspaceId, invitation.MemberId, ct);
                if (file is { Member.State: Members.MemberState.Invited })
                {
                    var ended = await BeforeInvitation.ReturnAsync(attempt, workspace, file, "invitation.revoked", ct);
                    return ended.Refusal is { } refusal
                        ? refusal
                        : invitation with
                        {
                            Stored = PendingInvitations.Ended(invitation, attempt.At),
                        };
                }

                var closed = PendingInvitations.Close(attempt, invitation, InvitationStatus.Revoked);
                attempt.Changes.Tell("invitation.revoked", workspaceId, ("invitation", id.Value, invitation.UserName), invitation, closed);
                return closed;
            },
            ct
        );
}
