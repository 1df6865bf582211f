using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>An account with the local credential that was just made for it.</summary>
internal sealed record ClaimedLogin(Account Account, LocalCredential Credential);

/// <summary>
/// Who gets a sign-in name. A name that nobody holds goes to whoever comes; a name whose holder never proved the
/// address goes over to whoever does, and the holder's password and sessions are gone (the pre-hijack: somebody
/// registers a stranger's address and waits). The two accounts are never merged. An unproven claim takes nothing.
/// </summary>
internal static class LoginNames
{
    /// <summary>Plans an account with this name.</summary>
    /// <param name="attempt">The act.</param>
    /// <param name="login">The name.</param>
    /// <param name="email">The address to store, to which resets go; null for none.</param>
    /// <param name="provenKey">The key of the address that the claimant proved; null when none.</param>
    /// <param name="displayName">The person's name.</param>
    /// <param name="hash">The password's hash; null for none yet.</param>
    /// <param name="ct">Stops the reads.</param>
    /// <returns>Refused (<c>loginTaken</c>) when the name stays with its holder.</returns>
    public static async Task<Outcome<ClaimedLogin>> ClaimAsync(
        Attempt attempt,
        string login,
        string? email,
        string? provenKey,
        string displayName,
        string? hash,
        CancellationToken ct
    )
    {
        var key = Key.Of(login);
        var db = attempt.Db;
        var proven = provenKey == key;
        if (await db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.LoginKey == key, ct) is { } held)
        {
            var holder = await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == held.AccountId, ct);
            if (!proven || holder?.ProvenEmailKey == key)
            {
                return Taken(login);
            }

            await DropAsync(attempt, held, holder, ct);
        }

        var owner = provenKey is null ? null : await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.ProvenEmailKey == provenKey, ct);
        if (owner is not null && proven && await db.LocalCredentials.AnyAsync(c => c.AccountId == owner.Id && c.LoginKey != key, ct))
        {
            return Taken(login);
        }

        var account =
            owner is not null && proven
                ? owner
                : new Account
                {
                    Id = Id<Account>.New(attempt.Time),
                    DisplayName = displayName,
                    Email = email,
                    ProvenEmailKey = owner is null ? provenKey : null,
                    CreatedAt = attempt.At,
                    Version = 1,
                };
        if (account != owner)
        {
            attempt.Changes.Add(account);
        }

        var credential = new LocalCredential
        {
            AccountId = account.Id,
            Login = login,
            LoginKey = key,
            PasswordHash = hash,
            PasswordSetAt = hash is null ? null : attempt.At,
            Version = 1,
        };
        attempt.Changes.Add(credential);
        return new ClaimedLogin(account, credential);
    }

    /// <summary>
    /// A provider whose word counts proved the address: whoever holds the name without ever having proven it loses it.
    /// </summary>
    public static async Task ReleaseAsync(Attempt attempt, string provenKey, CancellationToken ct)
    {
        if (
            await attempt.Db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.LoginKey == provenKey, ct) is { } held
            && await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == held.AccountId, ct) is { } holder
            && holder.ProvenEmailKey != provenKey
        )
        {
            await DropAsync(attempt, held, holder, ct);
        }
    }

    private static Refusal Taken(string login) =>
        new(
            RefusalKind.Conflict,
            "loginTaken",
            $"There is an account for {login} already. Sign in with its password, or ask for a new one."
        );

    private static async Task DropAsync(Attempt attempt, LocalCredential held, Account? holder, CancellationToken ct)
    {
        attempt.Changes.Remove(held);
        await OneTimeLinks.VoidAllAsync(attempt, held.AccountId, null, ct);
        var ended = await Sessions.EndAllAsync(attempt, held.AccountId, null, ct);

        // The name is the owner's and the line the holder's: it says nothing of the owner, who would be missed there when they are erased.
        var called = holder?.DisplayName is { } shown && Key.OfOrNull(shown) != held.LoginKey ? shown : null;
        attempt.Changes.TellFacts(
            "account.loginDropped",
            default,
            ("account", held.AccountId.Value, called),
            null,
            new { sessionsEnded = ended, because = "the owner of the address proved it" }
        );
    }
}
