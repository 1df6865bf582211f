using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>A factor that was just set up.</summary>
/// <param name="Session">The session of the browser at hand, under a new secret; it counts as proven.</param>
/// <param name="RecoveryCodes">Recovery codes in clear, this once; null when there are some from before.</param>
public sealed record FactorSetUp(OpenedSession Session, IReadOnlyList<string>? RecoveryCodes);

/// <summary>
/// Sets up an authenticator app: a key is made, shown, and counts once a code of it was right. Other browsers of the
/// account are asked for a code at their next request. Refusals: those of <see cref="RecentAuthentication"/>, <c>totpSetUp</c>,
/// <c>totpNotBegun</c>, <c>wrongCode</c>, <c>tooManyCodes</c>.
/// </summary>
public sealed class SetUpTotp(Store store)
{
    /// <summary>Makes a key in place of one that was never confirmed.</summary>
    public Task<Outcome<Nothing>> BeginAsync(SignedIn who, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            who.Person,
            null,
            "totp.begun",
            async attempt =>
            {
                if (await RecentAuthentication.CheckSetUpAsync(attempt.Db, who, attempt.At, ct) is { } stale)
                {
                    return stale;
                }

                var factor = await FactorRow.ReadAsync(attempt, who.Account.Id, ct);
                if (factor.HasTotp)
                {
                    return new Refusal(RefusalKind.Conflict, "totpSetUp", "An authenticator app is set up already. Remove it first.");
                }

                FactorRow.Write(
                    attempt,
                    factor,
                    factor with
                    {
                        TotpSealed = attempt.Box.Seal(SecondFactor.TotpPurpose, RandomNumberGenerator.GetBytes(Totp.KeyBytes)),
                    }
                );
                return default(Nothing);
            },
            ct
        );

    /// <summary>The key that waits for its first code; null when none does. For the page with the picture.</summary>
    public async Task<Outcome<byte[]?>> ReadAsync(SignedIn who, CancellationToken ct)
    {
        await using var db = store.Read();
        if (await RecentAuthentication.CheckSetUpAsync(db, who, store.Time.Now(), ct) is { } stale)
        {
            return stale;
        }

        var factor = await db.SecondFactors.AsNoTracking().FirstOrDefaultAsync(f => f.AccountId == who.Account.Id, ct);
        return factor is { HasTotp: false, TotpSealed: { } key }
            ? store.Box.Open(SecondFactor.TotpPurpose, key)
            : (Outcome<byte[]?>)(byte[]?)null;
    }

    /// <summary>Confirms it by a code; from now on codes are asked for.</summary>
    public Task<Outcome<FactorSetUp>> ConfirmAsync(SignedIn who, string code, CancellationToken ct) =>
        store.ChangeAsync<FactorSetUp>(
            who.Person,
            null,
            "totp.added",
            async attempt =>
            {
                if (await RecentAuthentication.CheckSetUpAsync(attempt.Db, who, attempt.At, ct) is { } stale)
                {
                    return stale;
                }

                var factor = await FactorRow.ReadAsync(attempt, who.Account.Id, ct);
                if (
                    factor.HasTotp
                    || factor.TotpSealed is null
                    || attempt.Box.Open(SecondFactor.TotpPurpose, factor.TotpSealed) is not { } key
                )
                {
                    return new Refusal(RefusalKind.Conflict, "totpNotBegun", "The set-up is over already, or was not begun. Start again.");
                }

                if (factor.LockedUntil > attempt.At)
                {
                    return new Refusal(
                        RefusalKind.TooMany,
                        "tooManyCodes",
                        "There were too many wrong codes. Try again in a few minutes.",
                        "code",
                        factor.LockedUntil - attempt.At
                    );
                }

                if (Totp.Match(key, FactorCodes.Clean(code), attempt.At) is not { } step)
                {
                    return FactorCodes.Count(attempt, who.Account, factor);
                }

                FactorRow.Write(
                    attempt,
                    factor,
                    factor with
                    {
                        TotpConfirmedAt = attempt.At,
                        TotpStep = step,
                        FailedTries = 0,
                        LockedUntil = null,
                    }
                );
                attempt.Changes.Tell("totp.added", default, ("account", who.Account.Id.Value, who.Account.DisplayName));
                return await FactorRow.DoneAsync(attempt, who, "totp", ct);
            },
            ct
        );
}
