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
    public bool IsSlow => true;

    /// <inheritdoc/>
    public async Task<Delivery> DeliverAsync(OutboxMessage message, CancellationToken ct)
    {
        var delivery = await TellAsync(message, ct);
        await note.RunAsync(message, delivery.End == DeliveryEnd.NotWanted ? Delivery.Never(delivery.Reason!) : delivery, ct);
        return delivery;
    }

    private async Task<Delivery> TellAsync(OutboxMessage message, CancellationToken ct)
    {
        if (await WhomAsync(message.About, ct) is not { } told)
        {
            return new(DeliveryEnd.NotWanted, "The app is not told any more: it takes no logout tokens.");
        }

        var sent = await post(
            told.OfInstallation,
            new(told.Address),
            new Dictionary<string, string> { ["logout_token"] = Token(told) },
            ct
        );
        return !sent.Is(out var status, out var refusal) ? Delivery.Failed(refusal.Code)
            : status is >= 200 and < 300 ? Delivery.Done
            : status == 400 ? Delivery.Never("The app answered 400.")
            : Delivery.Failed($"The app answered {status}.");
    }

    /// <summary>Who is told of whom: by what stands of the app, or, when it was removed since, by the receipt.</summary>
    private async Task<Told?> WhomAsync(Guid grantId, CancellationToken ct)
    {
        await using var db = store.Read();
        if (await db.AppGrants.AsNoTracking().FirstOrDefaultAsync(g => g.Id == grantId, ct) is { } grant)
        {
            var client = await db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.Id == grant.ApplicationId, ct);
            return grant.SessionId is { } session && client is { BackchannelLogoutUri: { } address }
                ? new(client.WorkspaceId is null, address, client.ClientId!, grant.Subject!, session.ToString())
                : null;
        }

        return
            await db.AppEndings.AsNoTracking().FirstOrDefaultAsync(e => e.Id == grantId, ct)
                is { LogoutUri: { } uri, Subject: { } subject } ending
            ? new(ending.OfInstallation, uri, ending.ClientId, subject, ending.SessionId.ToString())
            : null;
    }

    private string Token(Told told)
    {
        var now = store.Time.GetUtcNow();
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                TokenType = "logout+jwt",
                Issuer = links.Base,
                Audience = told.ClientId,
                IssuedAt = now.UtcDateTime,
                Expires = now.AddMinutes(2).UtcDateTime,
                SigningCredentials = options.CurrentValue.SigningCredentials[0],
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = told.Subject,
                    ["sid"] = told.Session,
                    ["jti"] = Id<OutboxMessage>.New(store.Time).ToString(),
                    ["events"] = new Dictionary<string, object> { [Event] = new Dictionary<string, object>() },
                },
            }
        );
    }

    private sealed record Told(bool OfInstallation, string Address, string ClientId, string Subject, string Session);
}
