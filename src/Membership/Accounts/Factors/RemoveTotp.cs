using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>
/// A person takes their authenticator app away. Without any other factor the recovery codes go with it; a workspace that
/// asks for a second factor leads them to set one up again. Refusals: those of <see cref="RecentAuthentication"/>, <c>noTotp</c>.
/// </summary>
public sealed class RemoveTotp(Store store)
{
    /// <summary>Takes it away.</summary>
    public Task<Outcome<Nothing>> RunAsync(SignedIn who, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            who.Person,
            null,
            "totp.removed",
            async attempt =>
            {
                if (await RecentAuthentication.CheckAsync(attempt.Db, who, attempt.At, ct) is { } stale)
                {
                    return stale;
                }

                var factor = await FactorRow.ReadAsync(attempt, who.Account.Id, ct);
                if (!factor.HasTotp)
                {
                    return new Refusal(RefusalKind.Conflict, "noTotp", "No authenticator app is set up.");
                }

                FactorRow.Write(attempt, factor, factor with { TotpSealed = null, TotpConfirmedAt = null });
                if (factor.Passkeys == 0)
                {
                    await RecoveryCodes.DropAsync(attempt, who.Account.Id, ct);
                }

                attempt.Changes.Tell("totp.removed", default, ("account", who.Account.Id.Value, who.Account.DisplayName));
                return default(Nothing);
            },
            ct
        );
}
