using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Notes;

/// <summary>Where the server tells that a session ended (OpenID Connect Back-Channel Logout 1.0 sections 2.5 to 2.8).</summary>
public static class LogoutToken
{
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>Takes a logout token: 200 for one that is the server's, 400 for anything else.</summary>
    public static async Task<IResult> TakeAsync(HttpContext http, IOptionsMonitor<OpenIdConnectOptions> monitor, EndedSessions ended)
    {
        http.Response.Headers.CacheControl = "no-store";
        var options = monitor.Get(OpenIdConnectDefaults.AuthenticationScheme);
        var token = http.Request.HasFormContentType ? (await http.Request.ReadFormAsync())["logout_token"].ToString() : "";
        var provider = await options.ConfigurationManager!.GetConfigurationAsync(http.RequestAborted);
        var checks = new TokenValidationParameters
        {
            ValidTypes = ["logout+jwt"],
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidIssuer = provider.Issuer,
            ValidAudience = options.ClientId,
            IssuerSigningKeys = provider.SigningKeys,
        };
        var result = await options.TokenHandler.ValidateTokenAsync(token, checks);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            options.ConfigurationManager.RequestRefresh(); // the server may have a new key; it asks again
        }

        if (
            !result.IsValid
            || result.SecurityToken is not JsonWebToken told
            || !told.TryGetPayloadValue<JsonElement>("events", out var events)
            || events.ValueKind != JsonValueKind.Object
            || !events.TryGetProperty(Event, out _)
            || told.TryGetClaim("nonce", out _)
            || !told.TryGetClaim("sid", out var session)
        )
        {
            return result.Exception is SecurityTokenSignatureKeyNotFoundException
                ? Results.StatusCode(StatusCodes.Status503ServiceUnavailable)
                : Results.BadRequest();
        }

        ended.End(session.Value);
        return Results.Ok();
    }
}
