using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Outbox;

namespace UserManagement.Integrations.Mail;

/// <summary>Mails an invitation's own link, whose secret proves the address. An invitation that is no longer open sends nothing.</summary>
public sealed class InvitationMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.InvitationMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var (open, instead) = await MailedInvitation.ReadAsync(store, message, ct);
        if (open is not { Invitation: var invitation })
        {
            return instead;
        }

        try
        {
            await transport.SendAsync(Write(invitation, open.Workspace, open.Address, links.Invitation(open.Secret)), ct);
        }
        catch (UndeliverableException refused)
        {
            var reason = Key.Cut(refused.Message, 300);
            await MarkAsync(invitation, "invitation.mailRefused", i => i with { MailFailure = reason, MailRefusedAt = store.Time.Now() });
            return Delivery.Never(refused.Message);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            // the workspace's admins read this: what the operator's mail server or disk says of itself is the log's
            var failure = (fault as NotTakenException)?.Message ?? "The mail could not be handed over.";
            await MarkAsync(invitation, "invitation.mailDelayed", i => i.MailFailure is null ? i with { MailFailure = failure } : i);
            return Delivery.Failed($"{fault.GetType().Name}: {fault.Message}");
        }

        await MarkAsync(
            invitation,
            "invitation.mailed",
            i => i with { SentAt = store.Time.Now(), IsMailFile = transport.IsFolder, MailFailure = null }
        );
        return Delivery.Done;
    }

    private static Letter Write(Invitation invitation, string workspace, string address, string link) =>
        new LetterBody()
            .Say($"Hello,")
            .Say($"{invitation.InviterFor(workspace)} invites you to join {workspace}.")
            .Link("Accept the invitation", link)
            .Say(
                $"Sign in as {new LetterBody.SignInName(invitation.UserName)} when you are asked to. The link works once, until {LetterBody.Time(invitation.ExpiresAt)}."
            )
            .Say($"If you do not know what this is about, do nothing: without the link nobody joins in your name.")
            .To(address, $"Invitation to {LetterBody.Name(workspace)}");

    /// <summary>
    /// What happened has happened, so a stop of the server does not stop this; an invitation that changed meanwhile stays as it is.
    /// </summary>
    private async Task MarkAsync(Invitation sent, string act, Func<Invitation, Invitation> mark) =>
        await store.ChangeAsync<Nothing>(
            Actor.System,
            sent.WorkspaceId,
            act,
            async attempt =>
            {
                var invitation = await attempt
                    .Db.Invitations.AsNoTracking()
                    .FirstOrDefaultAsync(i => i.WorkspaceId == sent.WorkspaceId && i.Id == sent.Id, CancellationToken.None);
                if (
                    invitation?.Stored != InvitationStatus.Pending
                    || invitation.MailHash is null
                    || !invitation.MailHash.AsSpan().SequenceEqual(sent.MailHash)
                )
                {
                    return default(Nothing);
                }

                var marked = mark(invitation);
                if (marked != invitation)
                {
                    marked = marked with { Version = invitation.Version + 1 };
                    attempt.Changes.Update(invitation, marked);
                    attempt.Changes.Tell(act, sent.WorkspaceId, ("invitation", sent.Id.Value, sent.UserName), invitation, marked);
                }

                return default(Nothing);
            },
            CancellationToken.None
        );
}
