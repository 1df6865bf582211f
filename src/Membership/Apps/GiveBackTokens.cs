using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Apps;

/// <summary>
/// An app gives back what a sign-in gave it (RFC 7009 section 2.1: with a refresh token goes all that hangs on the same grant). Its codes
/// and tokens are dead; that its user is signed in there the app alone knows to end. So no logout token is sent and no receipt written now,
/// and a new grant, on which nothing hangs, stands for the sign-in: when the session or the person's access ends, the app is told as any
/// other (OpenID Connect Back-Channel Logout 1.0 section 2). No refusals.
/// </summary>
public sealed class GiveBackTokens(Store store)
{
    /// <summary>Takes them back.</summary>
    /// <param name="grantId">The grant on which the token hangs.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Nothing>> RunAsync(Guid grantId, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            Actor.System,
            null,
            "app.tokensGivenBack",
            async attempt =>
            {
                var grant = await attempt.Db.AppGrants.AsNoTracking().FirstOrDefaultAsync(g => g.Id == grantId, ct);
                if (grant is not { Status: AppAccess.Valid })
                {
                    return default(Nothing);
                }

                attempt.Changes.Execute(
                    new(
                        $"UPDATE oidc_grants SET status = '{AppAccess.Revoked}' WHERE id = $1 AND status = '{AppAccess.Valid}'",
                        [Value.Of("$1", grantId)],
                        1,
                        GuardFailure.Conflict
                    )
                );
                if (grant.SessionId is not null)
                {
                    attempt.Changes.Add(
                        new AppGrant
                        {
                            Id = Ids.Next(attempt.Time),
                            ApplicationId = grant.ApplicationId,
                            AccountId = grant.AccountId,
                            WorkspaceId = grant.WorkspaceId,
                            SessionId = grant.SessionId,
                            Subject = grant.Subject,
                            Scopes = grant.Scopes,
                            Status = AppAccess.Valid,
                            Type = grant.Type,
                            CreationDate = attempt.At.UtcDateTime,
                        }
                    );
                }

                return default(Nothing);
            },
            ct
        );
}
