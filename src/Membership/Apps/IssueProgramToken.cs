using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Gives an app that proved itself a token for the doors of its workspace (RFC 6749 section 4.4). Refusals: <c>notFound</c>,
/// <c>noProof</c> (its secret went at the same moment).
/// </summary>
public sealed class IssueProgramToken(Store store)
{
    /// <summary>Gives it.</summary>
    /// <param name="clientId">The app.</param>
    /// <param name="secret">The secret by which it proved itself; null where it signed with its key.</param>
    /// <param name="scopes">The doors that it asked for and may open.</param>
    /// <param name="id">The token's id.</param>
    /// <param name="type">The protocol's word for an access token.</param>
    /// <param name="payload">What it says, as the protocol's endpoints tell of it.</param>
    /// <param name="expiresAt">When it ends by itself.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The token, this once.</returns>
    public Task<Outcome<string>> RunAsync(
        string clientId,
        string? secret,
        IReadOnlyList<string> scopes,
        Guid id,
        string type,
        string payload,
        DateTimeOffset expiresAt,
        CancellationToken ct
    ) =>
        store.ChangeAsync<string>(
            Actor.System,
            null,
            "app.tokenIssued",
            async attempt =>
            {
                if (await attempt.Db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.ClientId == clientId, ct) is not { } client)
                {
                    return Refusal.NotFound("app");
                }

                if (ProgramToken.ProofOf(client, secret) is not { } proof)
                {
                    return new Refusal(RefusalKind.Forbidden, "noProof", "The secret is no longer the app's.");
                }

                var token = Secret.New(ProgramToken.Prefix);
                attempt.Changes.Add(
                    new AppToken
                    {
                        Id = id,
                        ApplicationId = client.Id,
                        Type = type,
                        Status = AppAccess.Valid,
                        Subject = clientId,
                        ReferenceId = ProgramToken.ReferenceOf(token),
                        Payload = payload,
                        Properties = new ProgramToken(scopes, proof).Write(),
                        CreationDate = attempt.At.UtcDateTime,
                        ExpirationDate = expiresAt.UtcDateTime,
                    }
                );
                return token;
            },
            ct
        );
}
