using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.InviteLinks;

/// <summary>
/// Shows a live link for copying; the copy is audited, for whoever has it may give the role to anybody. Refusals: <c>forbidden</c>,
/// <c>grantCeiling</c>, <c>notFound</c>, <c>linkClosed</c>.
/// </summary>
public sealed class CopyInviteLink(Store store)
{
    /// <summary>Gives the link with its secret.</summary>
    public Task<Outcome<IssuedInviteLink>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<InviteLink> id, CancellationToken ct) =>
        store.ChangeAsync<IssuedInviteLink>(
            actor,
            workspaceId,
            "inviteLink.copied",
            async attempt =>
            {
                if (!(await EndInviteLink.FindAsync(attempt, workspaceId, id, ct)).Is(out var found, out var refusal))
                {
                    return refusal;
                }

                if (found.Link.ClosedAt(attempt.At) is { } closed)
                {
                    return closed;
                }

                if (attempt.Box.OpenText(InviteLink.Purpose, found.Link.LinkSealed) is not { } secret)
                {
                    return Refusal.NotFound("invite link");
                }

                RenewInviteLink.Tell(attempt, "inviteLink.copied", found.Workspace, found.Link);
                return new IssuedInviteLink(found.Link, secret);
            },
            ct
        );
}
