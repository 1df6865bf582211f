using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations;

/// <summary>An invitation that somebody just made, as it stands now.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="LinkSecret">The secret of the link for copying; null where there is none to give: the invitation is not open any more,
/// the workspace lets no link be copied, or the actor may not give that role by now.</param>
public sealed record ShownInvitation(Invitation Invitation, string? LinkSecret);

/// <summary>
/// Reads the invitations that somebody just made, sent again or asked the link of, with their links, for the page that says so. What
/// showed the link the first time was audited (<c>invitation.created</c>, <c>invitation.resent</c>, <c>invitation.linkCopied</c>): the
/// caller vouches that these are theirs. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class ReadIssuedInvitations(Store store)
{
    /// <summary>Reads them; an id that is not there is left out.</summary>
    /// <param name="actor">Who made them.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="ids">Which; at most <see cref="InvitePeople.Most"/>.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<Dictionary<Id<Invitation>, ShownInvitation>>> RunAsync(
        Actor actor,
        WorkspaceContext workspace,
        IReadOnlyList<Id<Invitation>> ids,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (actor.Demand(workspace.Id, Permission.InviteMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var rows = await db.Invitations.AsNoTracking().Where(i => i.WorkspaceId == workspace.Id && ids.Contains(i.Id)).ToListAsync(ct);
        return rows.ToDictionary(i => i.Id, i => new ShownInvitation(i, Link(actor, workspace.Configuration, i)));
    }

    private string? Link(Actor actor, WorkspaceConfiguration configuration, Invitation invitation) =>
        configuration.Invitations.CopyLink
        && invitation.StatusAt(store.Time.Now()) == InvitationStatus.Pending
        && configuration.MayTouch(actor, invitation.Role) is null
            ? store.Box.OpenText(Invitation.LinkPurpose, invitation.LinkSealed)
            : null;
}
