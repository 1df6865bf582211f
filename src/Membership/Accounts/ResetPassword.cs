using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// The owner of the address sets a new password by the mailed link. It works once; every session and every other link
/// of the account ends, a lock opens, and the address counts as proven from now on (unless another account proved it).
/// Was it unproven, a stranger may have made the account and waited (pre-hijack): provider logins go, and passkeys sign nobody in
/// by themselves until they are used beside the new password. The second factor stays and is asked for at the next sign-in: a
/// mailbox is not the second factor, and losing that is an admin's act (<see cref="ResetMfa"/>).
/// Refusals: <c>linkDead</c> (NotFound; used, void, expired and unknown alike), an invalid password.
/// </summary>
public sealed class ResetPassword(Store store, PasswordRules rules)
{
    /// <summary>Whether the link is open: for the page that shows the form. Uses nothing up.</summary>
    public async Task<bool> IsOpenAsync(string secret, CancellationToken ct)
    {
        await using var db = store.Read();
        return await OneTimeLinks.FindAsync(db, secret, OneTimeLinkKind.PasswordReset, store.Time.Now(), ct) is not null;
    }

    /// <summary>Sets the password.</summary>
    /// <param name="secret">The link's secret.</param>
    /// <param name="password">The new password.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The name to sign in with.</returns>
    public async Task<Outcome<string>> RunAsync(string secret, string password, CancellationToken ct)
    {
        Account? account;
        LocalCredential? credential;
        await using (var db = store.Read())
        {
            var link = await OneTimeLinks.FindAsync(db, secret, OneTimeLinkKind.PasswordReset, store.Time.Now(), ct);
            account = link is null ? null : await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == link.AccountId, ct);
            credential = link is null
                ? null
                : await db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == link.AccountId, ct);
        }

        if (account is null || credential is null)
        {
            return OneTimeLinks.Dead();
        }

        if (rules.Check(password, credential.Login) is { } wrong)
        {
            return wrong;
        }

        var hash = await PasswordHash.MakeAsync(rules, password, ct);
        return await store.ChangeAsync<string>(
            Sessions.Person(account),
            null,
            "password.reset",
            async attempt =>
            {
                var link = await OneTimeLinks.FindAsync(attempt.Db, secret, OneTimeLinkKind.PasswordReset, attempt.At, ct);
                var now = link is null
                    ? null
                    : await attempt.Db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == link.AccountId, ct);
                var owner = link is null
                    ? null
                    : await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == link.AccountId, ct);
                if (now is null || owner is null)
                {
                    return OneTimeLinks.Dead();
                }

                // The link that was found open is the one that must still be open: a later read may already lack it.
                OneTimeLinks.Close(attempt, link!);
                await OneTimeLinks.VoidAllAsync(attempt, owner.Id, link!.Id, ct);
                Passwords.Set(attempt, now, hash);
                await ProveAsync(attempt, owner, ct);
                var proven = owner.ProvenEmailKey is not null;
                var passkeys = proven ? 0 : await FactorRow.SecondOnlyAsync(attempt, owner.Id, ct);
                var logins = proven ? 0 : await FactorRow.DropLoginsAsync(attempt, owner.Id, ct);
                var ended = await Sessions.EndAllAsync(attempt, owner.Id, null, ct);
                attempt.Changes.TellFacts(
                    "password.reset",
                    default,
                    ("account", owner.Id.Value, owner.DisplayName),
                    null,
                    new
                    {
                        sessionsEnded = ended,
                        loginsDropped = logins,
                        passkeysBesideThePassword = passkeys,
                    }
                );
                return now.Login;
            },
            ct
        );
    }

    private static async Task ProveAsync(Attempt attempt, Account owner, CancellationToken ct)
    {
        var key = Key.OfOrNull(owner.Email);
        if (key is not null && owner.ProvenEmailKey is null && !await attempt.Db.Accounts.AnyAsync(a => a.ProvenEmailKey == key, ct))
        {
            attempt.Changes.Update(owner, owner with { ProvenEmailKey = key, Version = owner.Version + 1 });
        }
    }
}
