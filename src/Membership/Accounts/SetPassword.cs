using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// A signed-in person sets or changes the password. Changing needs the current one, counted and locked as at sign-in;
/// a first one needs a proof of the last five minutes, either the second factor where there is one. All sessions end, the
/// browser at hand gets a new one. Refusals: <c>noLocalLogin</c>, <c>signInAgain</c>, <c>secondFactorNeeded</c>, <c>otherSignInNeeded</c>
/// (a first one, by who is in by a workspace's own provider), <c>wrongPassword</c> (Forbidden; a lock is not told apart), an invalid
/// password.
/// </summary>
public sealed class SetPassword(Store store, PasswordRules rules)
{
    /// <summary>
    /// Whether the account has a password already, so that the page asks for it; null when it has no sign-in name for one.
    /// </summary>
    public async Task<(string Login, bool HasPassword)?> ReadAsync(Id<Account> account, CancellationToken ct)
    {
        await using var db = store.Read();
        var credential = await db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == account, ct);
        return credential is null ? null : (credential.Login, credential.PasswordHash is not null);
    }

    /// <summary>Sets it.</summary>
    /// <param name="who">Who is signed in.</param>
    /// <param name="current">The current password; null or anything when there is none yet.</param>
    /// <param name="password">The new one.</param>
    /// <param name="browser">For the new session.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<OpenedSession>> RunAsync(
        SignedIn who,
        string? current,
        string password,
        Browser browser,
        CancellationToken ct
    )
    {
        LocalCredential? seen;
        await using (var db = store.Read())
        {
            seen = await db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == who.Account.Id, ct);
        }

        if (seen is null)
        {
            return new Refusal(RefusalKind.Conflict, "noLocalLogin", "This account signs in with a provider and has no password here.");
        }

        if (seen.PasswordHash is null && who.IsWorkspaceScoped)
        {
            return Factors.RecentAuthentication.OtherNeeded();
        }

        if (seen.PasswordHash is null && !who.IsFresh(store.Time.Now()))
        {
            return new Refusal(
                RefusalKind.Forbidden,
                "signInAgain",
                "Some time has passed since you signed in. Prove again that it is you, or ask for a reset link."
            );
        }

        if (Factors.RecentAuthentication.Until(who.Session, who.Factor) is null)
        {
            return new Refusal(RefusalKind.Forbidden, "secondFactorNeeded", "Confirm your second factor first.");
        }

        if (rules.Check(password, seen.Login) is { } wrong)
        {
            return wrong;
        }

        var right = seen.PasswordHash is null || await PasswordHash.IsRightAsync(rules, current ?? "", seen.PasswordHash, ct);
        var hash = right ? await PasswordHash.MakeAsync(rules, password, ct) : null;
        return await store.ChangeAsync<OpenedSession>(
            who.Person,
            null,
            "password.set",
            attempt => PlanAsync(attempt, who, seen, hash, browser, ct),
            ct
        );
    }

    private static Refusal WrongPassword() =>
        new(RefusalKind.Forbidden, "wrongPassword", "The current password is not right, or there were too many tries.", "current");

    private static async Task<Outcome<OpenedSession>> PlanAsync(
        Attempt attempt,
        SignedIn who,
        LocalCredential seen,
        string? hash,
        Browser browser,
        CancellationToken ct
    )
    {
        var now = await attempt.Db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == who.Account.Id, ct);
        var session = await attempt.Db.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == who.Session.Id && s.EndedAt == null, ct);
        if (
            now is null
            || session is null
            || now.PasswordHash != seen.PasswordHash
            || (seen.PasswordHash is not null && now.LockedUntil > attempt.At)
        )
        {
            return WrongPassword();
        }

        if (hash is null)
        {
            SignInLocally.Count(attempt, who.Account, now);
            return WrongPassword().ButWritten();
        }

        Passwords.Set(attempt, now, hash);
        await OneTimeLinks.VoidAllAsync(attempt, who.Account.Id, null, ct);
        var ended = await Sessions.EndAllAsync(attempt, who.Account.Id, null, ct);
        var opened = Sessions.Open(
            attempt,
            who.Account.Id,
            session.SignedInBy,
            browser,
            s =>
                s with
                {
                    ConnectionId = session.ConnectionId,
                    LoginId = session.LoginId,
                    ProviderMethods = session.ProviderMethods,
                    SecondProvenBy = session.SecondProvenBy,
                    SecondProvenAt = session.SecondProvenAt,
                }
        );
        attempt.Changes.TellFacts(
            "password.set",
            default,
            ("account", who.Account.Id.Value, who.Account.DisplayName),
            null,
            new { sessionsEnded = ended, first = seen.PasswordHash is null }
        );
        return opened;
    }
}
