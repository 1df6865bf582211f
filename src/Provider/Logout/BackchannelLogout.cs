using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using UserManagement.Membership;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Provider.Logout;

/// <summary>
/// Tells an app that a session ended, by a signed token (OpenID Connect Back-Channel Logout 1.0), as often as it takes. An app that
/// answers 400 has understood and could not: it is not asked again.
/// </summary>
internal sealed class BackchannelLogout(
    Store store,
    IOptionsMonitor<OpenIddictServerOptions> options,
    AppPost post,
    Links links,
    NoteLogoutAnswer note
) : IOutboxConsumer
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    /// <inheritdoc/>
    public string Kind => OutboxKind.AppLogout;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var delivery = await TellAsync(message, ct);
        await note.RunAsync(message, delivery.End == DeliveryEnd.NotWanted ? Delivery.Never(delivery.Reason!) : delivery, ct);
        return delivery;
    }

    private async Task<Delivery> TellAsync(OutboxMessage message, CancellationToken ct)
    {
        AppGrant? grant;
        Client? client;
        await using (var db = store.Read())
        {
            grant = await db.AppGrants.AsNoTracking().FirstOrDefaultAsync(g => g.Id == message.About, ct);
            client = grant is null ? null : await db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.Id == grant.ApplicationId, ct);
        }

        if (grant?.SessionId is not { } session || client is not { BackchannelLogoutUri: { } address })
        {
            return new(DeliveryEnd.NotWanted, "The app is not told any more: it was removed, or takes no logout tokens.");
        }

        var sent = await post(
            client.WorkspaceId is null,
            new(address),
            new Dictionary<string, string> { ["logout_token"] = Token(client, grant, session.ToString()) },
            ct
        );
        return !sent.Is(out var status, out var refusal) ? Delivery.Failed(refusal.Code)
            : status is >= 200 and < 300 ? Delivery.Done
            : status == 400 ? Delivery.Never("The app answered 400.")
            : Delivery.Failed($"The app answered {status}.");
    }

    private string Token(Client client, AppGrant grant, string session)
    {
        var now = store.Time.GetUtcNow();
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = "logout+jwt",
                Issuer = links.Base,
                Audience = client.ClientId,
                IssuedAt = now.UtcDateTime,
                Expires = now.AddMinutes(2).UtcDateTime,
                SigningCredentials = options.CurrentValue.SigningCredentials[0],
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = grant.Subject!,
                    ["sid"] = session,
                    ["jti"] = Id<OutboxMessage>.New(store.Time).ToString(),
                    ["events"] = new Dictionary<string, object> { [Event] = new Dictionary<string, object>() },
                },
            }
        );
    }
}
