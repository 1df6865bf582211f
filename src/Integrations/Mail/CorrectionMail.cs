using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Integrations.Mail;

/// <summary>
/// Tells the inviter that somebody came to an invitation with another account. When the inviter is no member any more, or
/// has no address, an admin is told: the one who is there longest.
/// </summary>
public sealed class CorrectionMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.CorrectionMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var workspaceId = message.WorkspaceId ?? default;
        var id = new Id<Invitation>(message.About);
        await using var db = store.Read();
        var invitation = await db.Invitations.AsNoTracking().FirstOrDefaultAsync(i => i.WorkspaceId == workspaceId && i.Id == id, ct);
        if (
            invitation?.StatusAt(store.Time.Now()) != InvitationStatus.Pending
            || invitation.CorrectionAsked is not { } asked
            || await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace
        )
        {
            return Delivery.NotWanted;
        }

        if (await InviterAsync(db, workspace, invitation.InviterId, ct) is not { Email: { } address } inviter)
        {
            return Delivery.Never("Neither the inviter nor an admin has an address.");
        }

        try
        {
            await transport.SendAsync(Write(inviter, invitation, workspace.Row, address, asked, links.Invitations(workspace.Row.Slug)), ct);
        }
        catch (UndeliverableException e)
        {
            return Delivery.Never(e.Message);
        }

        return Delivery.Done;
    }

    private static async Task<Member?> InviterAsync(MembershipDb db, WorkspaceContext workspace, Id<Member>? inviter, CancellationToken ct)
    {
        var active = db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace.Id && m.State == MemberState.Active && m.Email != null);
        var admins = workspace.Configuration.Roles.Where(r => r.IsAdmin).Select(r => r.Key).ToList();
        return (inviter is { } id ? await active.FirstOrDefaultAsync(m => m.Id == id, ct) : null)
            ?? await active.Where(m => admins.Contains(m.Role) && m.AccountId != null).OrderBy(m => m.Id).FirstOrDefaultAsync(ct);
    }

    private static Letter Write(Member inviter, Invitation invitation, Workspace workspace, string address, string asked, string link) =>
        new LetterBody()
            .Say($"Hello {inviter.ShownName},")
            .Say(
                $"somebody opened the invitation of {new LetterBody.SignInName(invitation.UserName)} to {workspace.Name} and came with {asked}. It did not let them in."
            )
            .Say(
                $"If it is the right person, end that invitation and invite them with the account they have. If you do not know the account, do nothing."
            )
            .Link("Open the invitations", link)
            .To(address, $"An invitation to {LetterBody.Name(workspace.Name)} does not fit");
}
