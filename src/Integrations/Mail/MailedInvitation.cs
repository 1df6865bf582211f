using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>An open invitation that goes by mail.</summary>
/// <param name="Invitation">The invitation.</param>
/// <param name="Workspace">The workspace's name.</param>
/// <param name="Address">Where its mail goes.</param>
/// <param name="Secret">The secret of the mailed link.</param>
internal sealed record MailedInvitation(Invitation Invitation, string Workspace, string Address, string Secret)
{
    /// <summary>The one that a message is about, as it is now; or what becomes of the message where it is not open any more.</summary>
    public static async Task<(MailedInvitation? Open, Delivery Instead)> ReadAsync(Store store, OutboxMessage message, CancellationToken ct)
    {
        var workspaceId = message.WorkspaceId ?? default;
        var id = new Id<Invitation>(message.About);
        await using var db = store.Read();
        var invitation = await db.Invitations.AsNoTracking().FirstOrDefaultAsync(i => i.WorkspaceId == workspaceId && i.Id == id, ct);
        if (
            invitation?.StatusAt(store.Time.Now()) != InvitationStatus.Pending
            || invitation.MailSealed is null
            || invitation.MailAddress is not { } address
            || await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
        )
        {
            return (null, Delivery.NotWanted);
        }

        return store.Box.OpenText(Invitation.MailPurpose, invitation.MailSealed) is { } secret
            ? (new(invitation, workspace.Row.Name, address, secret), Delivery.NotWanted)
            : (null, Delivery.Never("The link cannot be unsealed with this master key."));
    }
}
