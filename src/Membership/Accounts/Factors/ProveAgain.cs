using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>How a person can prove again who they are without leaving the site.</summary>
/// <param name="Password">By the password.</param>
/// <param name="Passkey">By a passkey.</param>
/// <param name="Code">By a code of the authenticator app: only where there is no password, for a code alone is one factor.</param>
public sealed record AgainWays(bool Password, bool Passkey, bool Code)
{
    /// <summary>Whether there is none: the person signs in anew with their provider.</summary>
    public bool None => !Password && !Passkey && !Code;
}

/// <summary>
/// A signed-in person proves again who they are, before something sensitive or because an admin ended their sessions. The
/// session goes on under a new secret. Wrong passwords and codes count as at sign-in.
/// Refusals: <c>signInAgain</c> (the session is over), <c>wrongPassword</c>, those of <see cref="ProveSecondFactor"/>.
/// </summary>
public sealed class ProveAgain(Store store, PasswordRules rules)
{
    /// <summary>By what means; a sign-in by a workspace's own provider is not made more by it.</summary>
    public async Task<AgainWays> ReadAsync(SignedIn who, CancellationToken ct)
    {
        await using var db = store.Read();
        var password = await db.LocalCredentials.AnyAsync(c => c.AccountId == who.Account.Id && c.PasswordHash != null, ct);
        return new(password, who.Factor is { Passkeys: > 0 }, !password && who.Factor is { HasTotp: true });
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
        return await RunAsync(who, "password", async attempt =>
        {
            var now = await attempt.Db.LocalCredentials.AsNoTracking().FirstOrDefaultAsync(c => c.AccountId == who.Account.Id, ct);
            if (now?.PasswordHash is null || now.PasswordHash != seen?.PasswordHash || now.LockedUntil > attempt.At)
            {
                return WrongPassword();
            }

            if (!right)
            {
                SignInLocally.Count(attempt, who.Account, now);
                return WrongPassword();
            }

            attempt.Changes.Update(now, now with { FailedTries = 0, LockedUntil = null, Version = now.Version + 1 });
            return null;
        }, false, ct);
    }

    /// <summary>By a code, where there is no password.</summary>
    public async Task<Outcome<OpenedSession>> ByCodeAsync(SignedIn who, string code, CancellationToken ct) => !(await ReadAsync(who, ct)).Code
        ? FactorCodes.Wrong("codeNotEnough", "A code alone is not enough here. Use your password or a passkey.")
        : await RunAsync(who, "code", async attempt => (await FactorCodes.UseAsync(attempt, who.Account, code, ct)).Refusal, true, ct);

    /// <summary>By a passkey of the account.</summary>
    public Task<Outcome<OpenedSession>> ByPasskeyAsync(SignedIn who, PasskeyAnswer answer, CancellationToken ct) =>
        RunAsync(who, "passkey", async attempt => (await PasskeyAnswers.UseAsync(attempt, answer, who.Account.Id, ct)).Refusal, true, ct);

    private async Task<Outcome<OpenedSession>> RunAsync(SignedIn who, string by, Func<Attempt, Task<Refusal?>> use, bool second, CancellationToken ct)
    {
        Refusal? refusal = null;
        var done = await store.ChangeAsync<OpenedSession?>(who.Person, null, "account.provenAgain", async attempt =>
        {
            if (await Sessions.LiveAsync(attempt, who, ct) is not { } session)
            {
                return Fresh.Needed();
            }

            refusal = await use(attempt);
            if (refusal is not null)
            {
                return (OpenedSession?)null;
            }

            attempt.Changes.TellFacts("account.provenAgain", default, ("account", who.Account.Id.Value, who.Account.DisplayName), null, new { by });
            return Sessions.Renew(attempt, session, s => second
                ? s with { AuthenticatedAt = attempt.At, SecondProvenAt = attempt.At, SecondProvenBy = by == "code" ? "totp" : by }
                : s with { AuthenticatedAt = attempt.At });
        }, ct);
        return done.Is(out var opened, out var no) ? opened is null ? refusal! : opened : no;
    }

    private static Refusal WrongPassword() => new(RefusalKind.Forbidden, "wrongPassword", "The password is not right, or there were too many tries.", "password");
}
