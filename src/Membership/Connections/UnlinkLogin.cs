using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Connections;

/// <summary>
/// A person takes a login off their account; its sessions open nothing from the next request on. Refusals:
/// those of <see cref="RecentAuthentication"/>, <c>notFound</c>, <c>lastWayIn</c> (Conflict: nothing would be left to sign in with).
/// </summary>
public sealed class UnlinkLogin(Store store)
{
    /// <summary>Unlinks.</summary>
    public Task<Outcome<Nothing>> RunAsync(SignedIn who, Id<Login> id, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            who.Person,
            null,
            "login.unlinked",
            async attempt =>
            {
                if (await RecentAuthentication.CheckBeyondAsync(attempt.Db, who, attempt.At, ct) is { } stale)
                {
                    return stale;
                }

                // The account's version is named below: of two that unlink the last two at once, one finds it changed and looks again.
                var account = await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == who.Account.Id, ct);
                var ways = await ListLogins.ReadAsync(attempt.Db, who.Account.Id, ct);
                if (account is null || ways.Logins.FirstOrDefault(l => l.Login.Id == id) is not { } gone)
                {
                    return new Refusal(RefusalKind.NotFound, "notFound", "This login is not linked any more.");
                }

                if (!ways.MayUnlink(gone))
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "lastWayIn",
                        "This is your last way to sign in. Link another one or set a password first."
                    );
                }

                attempt.Changes.Update(account, account with { Version = account.Version + 1 });
                attempt.Changes.Remove(gone.Login);
                attempt.Changes.TellFacts(
                    "login.unlinked",
                    default,
                    ("account", account.Id.Value, account.DisplayName),
                    new
                    {
                        connection = gone.Connection?.Name,
                        gone.Login.Issuer,
                        gone.Login.Subject,
                        gone.Login.UserName,
                    },
                    null
                );
                return default(Nothing);
            },
            ct
        );
}
