using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Somebody forgot their password: a link goes by mail to the stored address of the account, whatever was typed. The
/// answer, the reads and the write are the same for a name that is not here, for an account without a password or an
/// address, and after the third request within an hour. Refusals: none that tells anything; <c>busy</c>.
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
            var found = await (from c in attempt.Db.LocalCredentials.AsNoTracking()
                               join a in attempt.Db.Accounts.AsNoTracking() on c.AccountId equals a.Id
                               where c.LoginKey == key
                               select a).FirstOrDefaultAsync(ct);
            if (found?.Email is null || !await OneTimeLinks.MailResetAsync(attempt, found.Id, ct))
            {
                Decoy.Write(attempt);
                return default(Nothing);
            }

            attempt.Changes.Tell("passwordReset.requested", default, ("account", found.Id.Value, found.DisplayName));
            return default(Nothing);
        }, ct);
    }
}
