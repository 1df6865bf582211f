using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Signs a person in by name and password. An unknown name, a wrong password, an account without a password and a
/// locked one are answered alike: the same sentence, the same hashing, one write.
/// Five wrong passwords lock the password for 1 minute, each further one for 2, 4, 8 and at most 15. A lock shuts out
/// this door only: sessions live on, and a mailed reset opens it at once.
/// Refusals: <c>signInFailed</c> (Forbidden), <c>busy</c> (Unavailable).
/// </summary>
public sealed class SignInLocally(Store store, PasswordRules rules)
{
    /// <summary>Wrong passwords in a row until the lock.</summary>
    public const int TriesBeforeLock = 5;

    /// <summary>The longest lock, in minutes.</summary>
    public const int LongestLockMinutes = 15;

    /// <summary>Signs in.</summary>
    /// <param name="login">The name as typed; compared without case.</param>
    /// <param name="password">As typed.</param>
    /// <param name="browser">What the browser tells about itself.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<OpenedSession>> RunAsync(string login, string password, Browser browser, CancellationToken ct)
    {
        var key = login.Length <= Key.MaxLength ? Key.Of(login) : "";
        for (var reads = 1; ; reads++)
        {
            var (credential, account) = await FindAsync(key, ct);
            var right = await PasswordHash.IsRightAsync(rules, password, credential?.PasswordHash, ct);
            if (credential is null || account is null)
            {
                await Decoy.RunAsync(store, ct);
                return Failed();
            }

            var renewed =
                right && PasswordHash.IsStale(rules, credential.PasswordHash!) ? await PasswordHash.MakeAsync(rules, password, ct) : null;
            var tried = await store.ChangeAsync<OpenedSession?>(
                Sessions.Person(account),
                null,
                "account.signedIn",
                attempt => PlanAsync(attempt, account, credential.PasswordHash, right, renewed, browser, ct),
                ct
            );
            if (!tried.Is(out var opened, out var refusal))
            {
                return refusal;
            }

            if (opened is not null)
            {
                return opened;
            }

            if (reads == 3)
            {
                return Failed();
            }
        }
    }

    private static Refusal Failed() =>
        new(
            RefusalKind.Forbidden,
            "signInFailed",
            "The name or the password is not right, or there were too many tries. Try again in a while, or ask for a new password."
        );

    private async Task<(LocalCredential?, Account?)> FindAsync(string key, CancellationToken ct)
    {
        await using var db = store.Read();
        var found = await (
            from c in db.LocalCredentials.AsNoTracking()
            join a in db.Accounts.AsNoTracking() on c.AccountId equals a.Id
            where c.LoginKey == key
            select new { c, a }
        ).FirstOrDefaultAsync(ct);
        return (found?.c, found?.a);
    }

    /// <summary>
    /// Decides on the counter as it is when the decision is written, whatever was true when hashing began: of twenty
    /// guesses at once five are weighed, the rest find the lock. Null when the password has become another since it was hashed.
    /// </summary>
    private static async Task<Outcome<OpenedSession?>> PlanAsync(
        Attempt attempt,
        Account account,
        string? verified,
        bool right,
        string? renewed,
        Browser browser,
        CancellationToken ct
    )
    {
        var now = await CredentialAsync(attempt, account.Id, ct);
        if (now?.PasswordHash != verified)
        {
            return (OpenedSession?)null;
        }

        if (now is null || now.LockedUntil > attempt.At)
        {
            Decoy.Write(attempt);
            return Failed().ButWritten();
        }

        if (!right)
        {
            Count(attempt, account, now);
            return Failed().ButWritten();
        }

        // Written even when nothing differs but the version: who resets the password at this moment collides with it,
        // and no session of the old password is left behind.
        attempt.Changes.Update(
            now,
            now with
            {
                PasswordHash = renewed ?? now.PasswordHash,
                FailedTries = 0,
                LockedUntil = null,
                Version = now.Version + 1,
            }
        );
        var opened = Sessions.Open(attempt, account.Id, "password", browser);
        attempt.Changes.TellFacts(
            "account.signedIn",
            default,
            ("account", account.Id.Value, account.DisplayName),
            null,
            new
            {
                by = "password",
                browser.Address,
                browser.UserAgent,
            }
        );
        return opened;
    }

    /// <summary>The credential as it is when an act decides; null when there is none.</summary>
    internal static Task<LocalCredential?> CredentialAsync(Attempt attempt, Id<Account> account, CancellationToken ct) =>
        attempt.Db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == account, ct);

    /// <summary>Counts one wrong password, and locks after too many; also for the other acts that ask for the password.</summary>
    internal static void Count(Attempt attempt, Account account, LocalCredential now)
    {
        var tries = now.FailedTries + 1;
        DateTimeOffset? locked =
            tries < TriesBeforeLock
                ? null
                : attempt.At + TimeSpan.FromMinutes(Math.Min(LongestLockMinutes, 1 << Math.Min(tries - TriesBeforeLock, 10)));
        attempt.Changes.Update(now, now with { FailedTries = tries, LockedUntil = locked, Version = now.Version + 1 });
        if (locked is not null)
        {
            attempt.Changes.TellFacts(
                "account.locked",
                default,
                ("account", account.Id.Value, account.DisplayName),
                null,
                new { tries, until = locked }
            );
        }
    }
}
