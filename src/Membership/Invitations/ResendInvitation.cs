using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
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
        InvitationAct.RunAsync<IssuedInvitation>(store, actor, workspaceId, id, "invitation.resent", async (attempt, workspace, invitation) =>
        {
            var resend = workspace.Configuration.Invitations.Resend;
            if (resend == ResendWhen.Never || (resend == ResendWhen.Expired && invitation.StatusAt(attempt.At) != InvitationStatus.Expired))
            {
                return new Refusal(RefusalKind.Conflict, "resendNotOffered", resend == ResendWhen.Never
                    ? "End this invitation and invite the person anew."
                    : "An invitation can be sent again once it has expired. Its link can be copied until then.");
            }

            if (invitation is { SendMail: true, MailAddress: not null } && await MailQuota.IsReachedAsync(attempt, invitation, ct))
            {
                return MailQuota.Reached();
            }

            var (issued, link) = InvitationSecrets.Issue(attempt, workspace.Configuration, invitation);
            issued = issued with { Version = invitation.Version + 1 };
            attempt.Changes.Update(invitation, issued);
            attempt.Changes.Tell("invitation.resent", workspaceId, ("invitation", id.Value, invitation.UserName), invitation, issued);
            return new IssuedInvitation(issued, link, issued.SendMail ? issued.MailAddress : null);
        }, ct);
}

/// <summary>
/// Revokes an open invitation: its links are dead at once, the name is free. Refusals: <c>notFound</c>,
/// <c>forbidden</c>, <c>grantCeiling</c>, <c>invitationClosed</c>.
/// </summary>
public sealed class RevokeInvitation(Store store)
{
    /// <summary>Revokes it.</summary>
    public Task<Outcome<Invitation>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Invitation> id, CancellationToken ct) =>
        InvitationAct.RunAsync<Invitation>(store, actor, workspaceId, id, "invitation.revoked", async (attempt, workspace, invitation) =>
        {
            var file = await Members.MemberWithGrants.ReadAsync(attempt.Db, workspaceId, invitation.MemberId, ct);
            if (file is { Member.State: Members.MemberState.Invited })
            {
                var ended = await Members.EndMember.EndAsync(attempt, workspace, file, "invitation.revoked", ct);
                return ended.Refusal is { } refusal ? refusal : invitation with { Stored = InvitationStatus.Revoked };
            }

            var closed = PendingInvitations.Close(attempt, invitation, InvitationStatus.Revoked);
            attempt.Changes.Tell("invitation.revoked", workspaceId, ("invitation", id.Value, invitation.UserName), invitation, closed);
            return closed;
        }, ct);
}

/// <summary>
/// Shows the link of an open invitation for copying; the copy is audited. Refusals: <c>notFound</c>, <c>forbidden</c>,
/// <c>grantCeiling</c>, <c>invitationClosed</c>.
/// </summary>
public sealed class CopyInvitationLink(Store store)
{
    /// <summary>Gives the secret of the link.</summary>
    public Task<Outcome<string>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Invitation> id, CancellationToken ct) =>
        InvitationAct.RunAsync<string>(store, actor, workspaceId, id, "invitation.linkCopied", (attempt, _, invitation) =>
        {
            if (attempt.Box.OpenText(Invitation.LinkPurpose, invitation.LinkSealed) is not { } link || invitation.StatusAt(attempt.At) != InvitationStatus.Pending)
            {
                return Task.FromResult<Outcome<string>>(InvitationAct.Closed(invitation.StatusAt(attempt.At)));
            }

            attempt.Changes.Tell("invitation.linkCopied", workspaceId, ("invitation", id.Value, invitation.UserName));
            return Task.FromResult<Outcome<string>>(link);
        }, ct);
}

/// <summary>What every act on one open invitation has in common.</summary>
internal static class InvitationAct
{
    /// <summary>Plans and runs the act on an invitation that is pending or expired.</summary>
    public static Task<Outcome<T>> RunAsync<T>(
        Store store, Actor actor, Id<Workspace> workspaceId, Id<Invitation> id, string act,
        Func<Attempt, WorkspaceContext, Invitation, Task<Outcome<T>>> change, CancellationToken ct) =>
        store.ChangeAsync<T>(actor, workspaceId, act, async attempt =>
        {
            if (actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
            {
                return refused;
            }

            if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                || await attempt.Db.Invitations.AsNoTracking().FirstOrDefaultAsync(i => i.WorkspaceId == workspaceId && i.Id == id, ct) is not { } invitation)
            {
                return Refusal.NotFound("invitation");
            }

            // The link leads to what the invitation gives and to what the member has by now.
            var held = await attempt.Db.Members.Where(m => m.WorkspaceId == workspaceId && m.Id == invitation.MemberId && m.State != Members.MemberState.Ended)
                .Select(m => m.Role).FirstOrDefaultAsync(ct);
            if ((workspace.Configuration.MayTouch(actor, invitation.Role) ?? workspace.Configuration.MayTouch(actor, held)) is { } beyond)
            {
                return beyond;
            }

            return invitation.Stored == InvitationStatus.Pending ? await change(attempt, workspace, invitation) : Closed(invitation.Stored);
        }, ct);

    /// <summary>The invitation is no longer open.</summary>
    public static Refusal Closed(InvitationStatus status) => new(RefusalKind.Conflict, "invitationClosed", status switch
    {
        InvitationStatus.Accepted => "This invitation was accepted already.",
        InvitationStatus.Revoked => "This invitation was revoked.",
        InvitationStatus.Expired => "This invitation has expired.",
        _ => "This invitation is not open any more.",
    });
}
