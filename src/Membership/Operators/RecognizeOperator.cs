using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Operators;

/// <summary>
/// Whether who is signed in runs this installation, and may be let in now: by an account that the command line named, never by a
/// workspace's own provider, and only with a second factor. Asked at each request. Refusals: <c>notFound</c> (to everybody else the page is
/// not there), <c>otherSignInNeeded</c>, <c>secondFactorMissing</c>, <c>secondFactorNeeded</c>.
/// </summary>
public sealed class RecognizeOperator(Store store)
{
    /// <summary>What the names of marks begin with.</summary>
    internal const string MarkPrefix = "operator:";

    /// <summary>Asks.</summary>
    /// <returns>Who acts: one that answers to nobody, for the acts of the operator's page alone.</returns>
    public async Task<Outcome<Actor>> RunAsync(SignedIn who, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(who);
        var name = MarkOf(who.Account.Id);
        await using (var db = store.Read())
        {
            if (!await db.Marks.AnyAsync(m => m.Name == name, ct))
            {
                return Refusal.NotFound("page");
            }
        }

        return who.IsWorkspaceScoped ? RecentAuthentication.OtherNeeded()
            : who.Factor is not { IsSetUp: true }
                ? new Refusal(RefusalKind.Forbidden, "secondFactorMissing", "An operator signs in with a second factor. Set one up first.")
            : who.Session.SecondProvenAt is null
                ? new Refusal(RefusalKind.Forbidden, "secondFactorNeeded", "Confirm your second factor first.")
            : Actor.Operator with
            {
                Door = Door.Page,
                Name = who.Account.DisplayName,
                Id = who.Account.Id.Value,
                FreshUntil = RecentAuthentication.Until(who.Session, who.Factor),
            };
    }

    internal static string MarkOf(Id<Account> account) => MarkPrefix + account;
}
