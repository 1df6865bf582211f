using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Plans the mail that a request asked for, out of sight of who asked: nothing for a name that is not here, for an account without
/// an address, and after the third within an hour.
/// </summary>
public sealed class AnswerPasswordReset(Store store) : IOutboxConsumer
{
    /// <inheritdoc/>
    public string Kind => OutboxKind.PasswordResetAsked;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var id = new Id<Account>(message.About);
        var done = await store.ChangeAsync<bool>(
            Actor.System with
            {
                Door = Door.SignIn,
            },
            null,
            "passwordReset.requested",
            async attempt =>
            {
                var found = await (
                    from c in attempt.Db.LocalCredentials.AsNoTracking()
                    join a in attempt.Db.Accounts.AsNoTracking() on c.AccountId equals a.Id
                    where c.AccountId == id
                    select a
                ).FirstOrDefaultAsync(ct);
                if (found?.Email is null || !await OneTimeLinks.MailResetAsync(attempt, found.Id, ct))
                {
                    return false;
                }

                attempt.Changes.Tell("passwordReset.requested", default, ("account", found.Id.Value, found.DisplayName));
                return true;
            },
            ct
        );
        return done.Is(out var planned, out var refusal)
            ? planned
                ? Delivery.Done
                : Delivery.NotWanted
            : Delivery.Failed(refusal.Code);
    }
}
