using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Ends what came of a sign-in whose code or refresh token was brought a second time: somebody has a copy (RFC 6749 section 4.1.2, RFC 9700
/// section 4.14.2). Nobody can tell whose session at the app came of the copy, so the app is told that the sign-in is over (OpenID Connect
/// Back-Channel Logout 1.0), with a receipt; the person signs in anew, which the app's refusal asks of them anyway. Once; the audit log of
/// the workspace has one line of it, however often it is brought. No refusals.
/// </summary>
public sealed class EndReusedGrant(Store store)
{
    private const string Cause = "app.tokenReused";

    /// <summary>Ends it.</summary>
    /// <param name="grantId">The grant on which the token hangs.</param>
    /// <param name="what">Which token: <c>code</c> or <c>refresh_token</c>.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Nothing>> RunAsync(Guid grantId, string what, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            Cause,
            async attempt =>
            {
                var grant = await attempt.Db.AppGrants.AsNoTracking().FirstOrDefaultAsync(g => g.Id == grantId, ct);
                if (grant is not { Status: AppAccess.Valid })
                {
                    return default(Nothing);
                }

                var client = await attempt.Db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.Id == grant.ApplicationId, ct);
                attempt.Changes.Execute(
                    new(
                        $"UPDATE oidc_grants SET status = '{AppAccess.Revoked}', end_cause = $2 WHERE id = $1 AND status = '{AppAccess.Valid}'",
                        [Value.Of("$1", grantId), Value.Of("$2", Cause)],
                        1,
                        GuardFailure.Conflict
                    )
                );
                if (client is not null)
                {
                    AppEnding.Tell(attempt.Changes, [grant], client, Cause, attempt.At);
                }

                attempt.Changes.TellFacts(
                    Cause,
                    grant.WorkspaceId ?? default,
                    ("client", client?.Id, client?.DisplayName),
                    null,
                    new { what, account = grant.AccountId }
                );
                return default(Nothing);
            },
            ct
        );
}
