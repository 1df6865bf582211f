using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>What every act on one open invitation has in common.</summary>
internal static class InvitationAct
{
    /// <summary>Plans and runs the act on an invitation that is pending or expired.</summary>
    public static Task<Outcome<T>> RunAsync<T>(
        Store store,
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Invitation> id,
        string act,
        Func<Attempt, WorkspaceContext, Invitation, Task<Outcome<T>>> change,
        CancellationToken ct
    ) =>
        store.ChangeAsync<T>(
            actor,
            workspaceId,
            act,
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.InviteMembers) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await attempt.Db.Invitations.AsNoTracking().FirstOrDefaultAsync(i => i.WorkspaceId == workspaceId && i.Id == id, ct)
                        is not { } invitation
                )
                {
                    return Refusal.NotFound("invitation");
                }

                attempt.Concerns("invitation", id.Value, invitation.UserName);

                // The link leads to what the invitation gives and to what the member has by now.
                var held = await attempt
                    .Db.Members.Where(m =>
                        m.WorkspaceId == workspaceId && m.Id == invitation.MemberId && m.State != Members.MemberState.Ended
                    )
                    .Select(m => m.Role)
                    .FirstOrDefaultAsync(ct);
                if (
                    (workspace.Configuration.MayTouch(actor, invitation.Role) ?? workspace.Configuration.MayTouch(actor, held)) is
                    { } beyond
                )
                {
                    return beyond;
                }

                return invitation.Stored == InvitationStatus.Pending
                    ? await change(attempt, workspace, invitation)
                    : Closed(invitation.Stored);
            },
            ct
        );

    /// <summary>The invitation is no longer open.</summary>
    public static Refusal Closed(InvitationStatus status) =>
        new(
            RefusalKind.Conflict,
            "invitationClosed",
            status switch
            {
                InvitationStatus.Accepted => "This invitation was accepted already.",
                InvitationStatus.Revoked => "This invitation was revoked.",
                InvitationStatus.Expired => "This invitation has expired.",
                _ => "This invitation is not open any more.",
            }
        );
}
