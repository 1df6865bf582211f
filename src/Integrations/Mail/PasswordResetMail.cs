using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Integrations.Mail;

/// <summary>Mails a link to set a new password to the account's stored address, and forgets its secret once it has gone.</summary>
public sealed class PasswordResetMail(Store store, IMailTransport transport, Links links) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.PasswordResetMail;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var id = new Id<OneTimeLink>(message.About);
        await using var db = store.Read();
        var link = await db.OneTimeLinks.AsNoTracking().FirstOrDefaultAsync(l => l.Id == id, ct);
        if (
            link is not { Kind: OneTimeLinkKind.PasswordReset, ClosedAt: null, SecretSealed: not null }
            || store.Time.Now() >= link.ExpiresAt
        )
        {
            return Delivery.NotWanted;
        }

        var account = await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == link.AccountId, ct);
        if (account?.Email is not { } address)
        {
            return Delivery.NotWanted;
        }

        if (store.Box.OpenText(OneTimeLink.Purpose, link.SecretSealed) is not { } secret)
        {
            return Delivery.Never("The link cannot be unsealed with this master key.");
        }

        try
        {
            await transport.SendAsync(Write(account, address, link, links.PasswordReset(secret)), ct);
        }
        catch (UndeliverableException e)
        {
            return Delivery.Never(e.Message);
        }

        await WipeAsync(id);
        return Delivery.Done;
    }

    private static Letter Write(Account account, string address, OneTimeLink link, string url) =>
        new LetterBody()
            .Say($"Hello {account.DisplayName},")
            .Say($"somebody asked to set a new password for your account. If it was you, this link does it:")
            .Link("Set a new password", url)
            .Say($"It works once, until {LetterBody.Time(link.ExpiresAt)}.")
            .Say($"If it was not you, do nothing: your password stays as it is.")
            .To(address, "Set a new password");

    private async Task WipeAsync(Id<OneTimeLink> id) =>
        await store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "passwordReset.mailed",
            async attempt =>
            {
                var link = await attempt.Db.OneTimeLinks.AsNoTracking().FirstOrDefaultAsync(l => l.Id == id, CancellationToken.None);
                if (link?.SecretSealed is not null)
                {
                    attempt.Changes.Update(link, link with { SecretSealed = null });
                }

                return default(Nothing);
            },
            CancellationToken.None
        );
}
