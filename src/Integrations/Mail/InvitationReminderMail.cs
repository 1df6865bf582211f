using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Outbox;

namespace UserManagement.Integrations.Mail;

/// <summary>Reminds whoever was invited by mail and has not come that the invitation ends; with the link that they have already.</summary>
public sealed class InvitationReminderMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.InvitationReminder;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var (open, instead) = await MailedInvitation.ReadAsync(store, message, ct);
        if (open is null || open.Invitation.RemindedAt is null) // sent again meanwhile: there is time again
        {
            return instead;
        }

        try
        {
            await transport.SendAsync(Write(open, links.Invitation(open.Secret)), ct);
        }
        catch (UndeliverableException refused)
        {
            return Delivery.Never(refused.Message);
        }

        return Delivery.Done;
    }

    private static Letter Write(MailedInvitation open, string link) =>
        new LetterBody()
            .Say($"Hello,")
            .Say($"{open.Invitation.InviterFor(open.Workspace)} invited you to join {open.Workspace}, and you have not come yet.")
            .Link("Accept the invitation", link)
            .Say($"The link ends on {LetterBody.Time(open.Invitation.ExpiresAt)}.")
            .Say($"If you do not want to join, do nothing: there is no other reminder.")
            .To(open.Address, $"Your invitation to {LetterBody.Name(open.Workspace)} ends soon");
}
