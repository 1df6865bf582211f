using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// A signed-in person proves the second factor of their account: by a code of the authenticator app, a recovery code or
/// a passkey. The session goes on under a new secret, and opens what it was kept from. Each code works once.
/// Refusals: <c>signInAgain</c> (the session is over), <c>wrongCode</c>, <c>codeUsed</c>, <c>tooManyCodes</c>,
/// <c>noSecondFactor</c>, those of <see cref="PasskeyAnswers"/>.
/// </summary>
public sealed class ProveSecondFactor(Store store)
{
    /// <summary>Proves it by a code.</summary>
    /// <param name="who">Who is signed in.</param>
    /// <param name="code">As typed.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<OpenedSession>> ByCodeAsync(SignedIn who, string code, CancellationToken ct) =>
        RunAsync(who, attempt => FactorCodes.UseAsync(attempt, who.Account, code, ct), ct);

    /// <summary>Proves it by a passkey of the account.</summary>
    public Task<Outcome<OpenedSession>> ByPasskeyAsync(SignedIn who, PasskeyAnswer answer, CancellationToken ct)
    {
        var beside = who.Session.SignedInBy == "password" ? PasskeyBeside.Password : PasskeyBeside.Session;
        return RunAsync(who, attempt => PasskeyAnswers.ProveAsync(attempt, answer, who.Account.Id, beside, ct), ct);
    }

    private Task<Outcome<OpenedSession>> RunAsync(SignedIn who, Func<Attempt, Task<Outcome<string>>> use, CancellationToken ct) =>
        store.ChangeAsync<OpenedSession>(
            who.Person,
            null,
            "secondFactor.proven",
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
                    "secondFactor.proven",
                    default,
                    ("account", who.Account.Id.Value, who.Account.DisplayName),
                    null,
                    new { by }
                );

                // As in ProveAgain: where the provider's proof has no date and no password is there, the factor is the proof.
                var account = who.Account.Id;
                var dates =
                    session.IsUndated
                    && (
                        by == "passkey"
                        || !await attempt.Db.LocalCredentials.AnyAsync(c => c.AccountId == account && c.PasswordHash != null, ct)
                    );
                return Sessions.Renew(
                    attempt,
                    session,
                    s =>
                        s with
                        {
                            AuthenticatedAt = dates ? attempt.At : s.AuthenticatedAt,
                            SecondProvenBy = by,
                            SecondProvenAt = attempt.At,
                        }
                );
            },
            ct
        );
}
