using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// How a typed code is used up within an act: one of the authenticator app, or a recovery code. Wrong ones are counted
/// with the account, whatever address they come from: five lock for 1 minute, each further one for 2, 4, 8 and at most 15.
/// </summary>
internal static class FactorCodes
{
    /// <summary>Uses a code up.</summary>
    /// <returns>
    /// By what it proved, <c>totp</c> or <c>recovery</c>; or why not (<c>wrongCode</c>, <c>codeUsed</c>, <c>tooManyCodes</c>,
    /// <c>noSecondFactor</c>). A wrong try is written: it counts.
    /// </returns>
    public static async Task<Outcome<string>> UseAsync(Attempt attempt, Account account, string typed, CancellationToken ct)
    {
        var factor = await attempt.Db.SecondFactors.AsNoTracking().FirstOrDefaultAsync(f => f.AccountId == account.Id, ct);
        if (factor is not { IsSetUp: true })
        {
            return new Refusal(RefusalKind.Conflict, "noSecondFactor", "No second factor is set up for this account.");
        }

        if (factor.LockedUntil > attempt.At)
        {
            return TooMany(factor.LockedUntil.Value - attempt.At);
        }

        var code = Clean(typed);
        if (
            code.Length == Totp.Digits
            && factor.HasTotp
            && attempt.Box.Open(SecondFactor.TotpPurpose, factor.TotpSealed) is { } key
            && Totp.Match(key, code, attempt.At) is { } step
        )
        {
            if (step <= factor.TotpStep)
            {
                return Wrong("codeUsed", "This code was used already. Wait for the next one.");
            }

            attempt.Changes.Update(
                factor,
                factor with
                {
                    TotpStep = step,
                    FailedTries = 0,
                    LockedUntil = null,
                    Version = factor.Version + 1,
                }
            );
            return "totp";
        }

        if (await RecoveryCodes.FindAsync(attempt, account.Id, code, ct) is { } recovery)
        {
            attempt.Changes.Update(recovery, recovery with { UsedAt = attempt.At });
            attempt.Changes.Update(factor, factor with { FailedTries = 0, LockedUntil = null, Version = factor.Version + 1 });
            attempt.Changes.Tell("recoveryCode.used", default, ("account", account.Id.Value, account.DisplayName));
            return "recovery";
        }

        return Count(attempt, account, factor);
    }

    /// <summary>The code without blanks and hyphens; empty when it is longer than any code.</summary>
    public static string Clean(string typed) => typed.Length > 40 ? "" : string.Concat(typed.Where(c => !char.IsWhiteSpace(c) && c != '-'));

    /// <summary>What one is told after a wrong code.</summary>
    public static Refusal Wrong(string code = "wrongCode", string? message = null) =>
        new(
            RefusalKind.Forbidden,
            code,
            message ?? "This code is not right. Look at the clock of your phone if it keeps being refused.",
            "code"
        );

    /// <summary>Counts one wrong code, and locks after too many.</summary>
    /// <returns>The act's refusal, which is written.</returns>
    public static Refusal Count(Attempt attempt, Account account, SecondFactor factor)
    {
        var tries = factor.FailedTries + 1;
        var wait =
            tries < SignInLocally.TriesBeforeLock
                ? (TimeSpan?)null
                : TimeSpan.FromMinutes(
                    Math.Min(SignInLocally.LongestLockMinutes, 1 << Math.Min(tries - SignInLocally.TriesBeforeLock, 10))
                );
        attempt.Changes.Update(
            factor,
            factor with
            {
                FailedTries = tries,
                LockedUntil = wait is null ? null : attempt.At + wait.Value,
                Version = factor.Version + 1,
            }
        );
        if (wait is null)
        {
            return Wrong().ButWritten();
        }

        attempt.Changes.TellFacts(
            "secondFactor.locked",
            default,
            ("account", account.Id.Value, account.DisplayName),
            null,
            new { tries, until = attempt.At + wait.Value }
        );
        return TooMany(wait.Value).ButWritten();
    }

    private static Refusal TooMany(TimeSpan wait) =>
        new(
            RefusalKind.TooMany,
            "tooManyCodes",
            $"There were too many wrong codes. Try again in {Math.Ceiling(wait.TotalMinutes):0} {(wait.TotalMinutes <= 1 ? "minute" : "minutes")}, or use a passkey.",
            "code",
            wait
        );
}
