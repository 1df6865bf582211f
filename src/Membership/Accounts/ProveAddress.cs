using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// A signed-in person holds the secret that was mailed to the account's own address: the address counts as proven from
/// now on. Anything else (the copied link's secret, another address, one that another account proved, a
/// sign-in by a workspace's own provider, which stands behind the account and not the person) changes nothing.
/// No refusals.
/// </summary>
public sealed class ProveAddress(Store store)
{
    /// <summary>Proves the address by an invitation's mailed secret.</summary>
    public Task<Outcome<Nothing>> RunAsync(SignedIn who, string invitationSecret, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            who.Person,
            null,
            "address.proven",
            async attempt =>
            {
                var account = await attempt.Db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == who.Account.Id, ct);
                var found = await ReadInvitationByLink.FindAsync(attempt.Db, invitationSecret, attempt.At, ct);
                var key = Key.OfOrNull(account?.Email);
                if (
                    !who.IsWorkspaceScoped
                    && account is { ProvenEmailKey: null }
                    && key is not null
                    && found is { ByMail: true, Status: InvitationStatus.Pending } mailed
                    && Key.OfOrNull(mailed.Invitation.MailAddress) == key
                    && !await attempt.Db.Accounts.AnyAsync(a => a.ProvenEmailKey == key, ct)
                )
                {
                    attempt.Changes.Update(account, account with { ProvenEmailKey = key, Version = account.Version + 1 });
                    attempt.Changes.Tell("address.proven", default, ("account", account.Id.Value, account.DisplayName));
                }

                return default(Nothing);
            },
            ct
        );
}
