using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>Recovery codes that were just made.</summary>
/// <param name="Codes">In clear, this once.</param>
public sealed record NewRecoveryCodes(IReadOnlyList<string> Codes);

/// <summary>
/// A person makes new recovery codes; the old ones are worth nothing from then on. Refusals: those of <see cref="RecentAuthentication"/>,
/// <c>noSecondFactor</c>.
/// </summary>
public sealed class RemakeRecoveryCodes(Store store)
{
    /// <summary>Makes them; they are in clear this once.</summary>
    public Task<Outcome<NewRecoveryCodes>> RunAsync(SignedIn who, CancellationToken ct) =>
        store.ChangeAsync<NewRecoveryCodes>(
            who.Person,
            null,
            "recoveryCodes.made",
            async attempt =>
            {
                if (await RecentAuthentication.CheckAsync(attempt.Db, who, attempt.At, ct) is { } stale)
                {
                    return stale;
                }

                var factor = await FactorRow.ReadAsync(attempt, who.Account.Id, ct);
                if (!factor.IsSetUp)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "noSecondFactor",
                        "Set up a second factor first; recovery codes stand in for it."
                    );
                }

                var codes = await RecoveryCodes.MakeAsync(attempt, who.Account.Id, ct);
                FactorRow.Write(attempt, factor, factor); // two who make codes at once collide here, and one set of ten is left
                attempt.Changes.Tell("recoveryCodes.made", default, ("account", who.Account.Id.Value, who.Account.DisplayName));
                return new NewRecoveryCodes(codes);
            },
            ct
        );
}
