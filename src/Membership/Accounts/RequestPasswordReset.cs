using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Somebody forgot their password: a link goes by mail to the stored address of the account, whatever was typed. One read by
/// the name and one message to the outbox, the same for every name: whether it is one of an account that may have a link is looked
/// at by <see cref="AnswerPasswordReset"/>, when the answer has gone. Refusals: none that tells anything; <c>busy</c>.
/// </summary>
public sealed class RequestPasswordReset(Store store)
{
    /// <summary>Asks.</summary>
    /// <param name="login">The sign-in name as typed.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<Nothing>> RunAsync(string login, CancellationToken ct)
    {
        var key = login.Length <= Key.MaxLength ? Key.Of(login) : "";
        return await store.ChangeAsync<Nothing>(Actor.System with { Door = Door.SignIn }, null, "passwordReset.requested", async attempt =>
        {
            var found = await attempt.Db.LocalCredentials.AsNoTracking().Where(c => c.LoginKey == key).Select(c => (Id<Account>?)c.AccountId).FirstOrDefaultAsync(ct);
            var about = found ?? Id<Account>.New(attempt.Time); // of nobody: its consumer finds no account
            attempt.Changes.Send(OutboxKind.PasswordResetAsked, about.Value, "passwordReset:" + about, null);
            return default(Nothing);
        }, ct);
    }
}

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
        var done = await store.ChangeAsync<bool>(Actor.System with { Door = Door.SignIn }, null, "passwordReset.requested", async attempt =>
        {
            var found = await (from c in attempt.Db.LocalCredentials.AsNoTracking()
                               join a in attempt.Db.Accounts.AsNoTracking() on c.AccountId equals a.Id
                               where c.AccountId == id
                               select a).FirstOrDefaultAsync(ct);
            if (found?.Email is null || !await OneTimeLinks.MailResetAsync(attempt, found.Id, ct))
            {
                return false;
            }

            attempt.Changes.Tell("passwordReset.requested", default, ("account", found.Id.Value, found.DisplayName));
            return true;
        }, ct);
        return done.Is(out var planned, out var refusal) ? planned ? Delivery.Done : Delivery.NotWanted : Delivery.Failed(refusal.Code);
    }
}
