using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>How a person can prove again who they are without leaving the site.</summary>
/// <param name="Password">By the password.</param>
/// <param name="Passkey">By a passkey.</param>
/// <param name="Code">By a code of the authenticator app: only where there is no password, for a code alone is one factor.</param>
/// <param name="FirstFactor">By setting up a first factor, see <see cref="RecentAuthentication.CheckSetUpAsync"/>.</param>
public sealed record AgainWays(bool Password, bool Passkey, bool Code, bool FirstFactor)
{
    /// <summary>Whether nothing here proves it: the person signs in anew with their provider, or sets up what will.</summary>
    public bool None => !Password && !Passkey && !Code;
}

/// <summary>
/// A signed-in person proves again who they are, before something sensitive or because an admin ended their sessions. The
/// session goes on under a new secret. Wrong passwords and codes count as at sign-in.
/// Refusals: <c>signInAgain</c> (the session is over), <c>wrongPassword</c>, those of <see cref="ProveSecondFactor"/>.
/// </summary>
public sealed class ProveAgain(Store store, PasswordRules rules)
{
    private const string Password = "password";

    /// <summary>By what means; a sign-in by a workspace's own provider is not made more by it.</summary>
    public async Task<AgainWays> ReadAsync(SignedIn who, CancellationToken ct)
    {
        await using var db = store.Read();
        var password = await db.LocalCredentials.AnyAsync(c => c.AccountId == who.Account.Id && c.PasswordHash != null, ct);
        return new(
            password,
            who.Factor is { Passkeys: > 0 },
            !password && who.Factor is { HasTotp: true },
            store.Time.Now() < RecentAuthentication.FirstFactorUntil(who.Session, who.Factor, password)
        );
    }

    /// <summary>By the password.</summary>
    public async Task<Outcome<OpenedSession>> ByPasswordAsync(SignedIn who, string password, CancellationToken ct)
    {
        LocalCredential? seen;
        await using (var db = store.Read())
        {
            seen = await db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == who.Account.Id, ct);
        }

        var right = await PasswordHash.IsRightAsync(rules, password, seen?.PasswordHash, ct);
        return await RunAsync(
            who,
            async attempt =>
            {
                var now = await attempt.Db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == who.Account.Id, ct);
                if (now?.PasswordHash is null || now.PasswordHash != seen?.PasswordHash || now.LockedUntil > attempt.At)
                {
                    return WrongPassword();
                }

                if (!right)
                {
                    SignInLocally.Count(attempt, who.Account, now);
                    return WrongPassword().ButWritten();
                }

                attempt.Changes.Update(now, now with { FailedTries = 0, LockedUntil = null, Version = now.Version + 1 });
                return Password;
            },
            ct
        );
    }

    /// <summary>By a code, where there is no password.</summary>
    public async Task<Outcome<OpenedSession>> ByCodeAsync(SignedIn who, string code, CancellationToken ct) =>
        !(await ReadAsync(who, ct)).Code
            ? FactorCodes.Wrong("codeNotEnough", "A code alone is not enough here. Use your password or a passkey.")
            : await RunAsync(who, attempt => FactorCodes.UseAsync(attempt, who.Account, code, ct), ct);

    /// <summary>By a passkey of the account.</summary>
    public Task<Outcome<OpenedSession>> ByPasskeyAsync(SignedIn who, PasskeyAnswer answer, CancellationToken ct) =>
        RunAsync(who, attempt => PasskeyAnswers.ProveAsync(attempt, answer, who.Account.Id, PasskeyBeside.Session, ct), ct);

    /// <summary>Proves by what the use says it was: a second factor too, unless it was the password.</summary>
    private Task<Outcome<OpenedSession>> RunAsync(SignedIn who, Func<Attempt, Task<Outcome<string>>> use, CancellationToken ct) =>
        store.ChangeAsync<OpenedSession>(
            who.Person,
            null,
            "account.provenAgain",
            async attempt =>
            {
                if (await Sessions.LiveAsync(attempt, who, ct) is not { } session)
                {
                    return RecentAuthentication.Needed();
                }

                if (!(await use(attempt)).Is(out var by, out var refusal))
                {
                    return refusal;
                }

                attempt.Changes.TellFacts(
                    "account.provenAgain",
                    default,
                    ("account", who.Account.Id.Value, who.Account.DisplayName),
                    null,
                    new { by }
                );
                return Sessions.Renew(
                    attempt,
                    session,
                    s =>
                        by == Password
                            ? s with
                            {
                                AuthenticatedAt = attempt.At,
                            }
                            : s with
                            {
                                AuthenticatedAt = attempt.At,
                                SecondProvenAt = attempt.At,
                                SecondProvenBy = by,
                            }
                );
            },
            ct
        );

    private static Refusal WrongPassword() =>
        new(RefusalKind.Forbidden, "wrongPassword", "The password is not right, or there were too many tries.", "password");
}
