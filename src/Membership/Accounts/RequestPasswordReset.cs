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
        return await store.ChangeAsync<Nothing>(
            Actor.System with
            {
                Door = Door.SignIn,
            },
            null,
            "passwordReset.requested",
            async attempt =>
            {
                var found = await attempt
                    .Db.LocalCredentials.AsNoTracking()
                    .Where(c => c.LoginKey == key)
                    .Select(c => (Id<Account>?)c.AccountId)
                    .FirstOrDefaultAsync(ct);
                var about = found ?? Id<Account>.New(attempt.Time); // of nobody: its consumer finds no account
                attempt.Changes.Send(OutboxKind.PasswordResetAsked, about.Value, "passwordReset:" + about, null);
                return default(Nothing);
            },
            ct
        );
    }
}
