using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// Reads the tokens of one connection's provider. The library checks signature, issuer and audience, and asks for newer
/// keys where none fits; what it passes over is checked here, before a key is asked for and after.
/// </summary>
internal sealed class IdTokenHandler(IdentityConnection connection, ProviderMetadata metadata, TimeProvider time) : JsonWebTokenHandler
{
    /// <inheritdoc/>
    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        if (await ReadAsync(token) is not { } read)
        {
            return Refused("idTokenForm");
        }

        if (await Check.FirstBrokenAsync(IdTokenChecks.Header, read) is { } brokenHeader)
        {
            return Refused(brokenHeader);
        }

        var result = await SignedAsync(token, read, validationParameters);
        if (IsAboutKeys(result.Exception))
        {
            return metadata.Away is { } away ? new() { Exception = new SignInRefusedException(away) } : Refused("idTokenSignature");
        }

        var broken = await Check.FirstBrokenAsync(IdTokenChecks.For(connection.Kind), read);
        return broken is not null ? Refused(broken)
            : result.Exception is not null ? Refused(Named(result.Exception))
            : result;
    }

    /// <summary>
    /// UserInfo as a JWT (OpenID Connect Core section 5.3.2): signed by the provider, from it, for us; not run out where it
    /// says when. Null when it is not.
    /// </summary>
    public async Task<Claims?> UserInfoAsync(string token, TokenValidationParameters parameters) =>
        await ReadAsync(token) is { } read
        && await Check.FirstBrokenAsync(IdTokenChecks.Header, read) is null
        && (await SignedAsync(token, read, parameters)).IsValid
        && IdTokenChecks.IsIssuer(read)
        && (!read.Payload.Has("exp") || read.Payload.Seconds("exp") > time.GetUtcNow().ToUnixTimeSeconds() - IdToken.Skew.TotalSeconds)
            ? read.Payload
            : null;

    private async Task<IdToken?> ReadAsync(string token) =>
        IdToken.Read(token, connection, (await metadata.GetConfigurationAsync(CancellationToken.None)).Issuer, time.GetUtcNow());

    private Task<TokenValidationResult> SignedAsync(string token, IdToken read, TokenValidationParameters parameters)
    {
        parameters.ConfigurationManager = metadata;
        parameters.RequireSignedTokens = true; // the OpenIdConnect handler takes it back for what comes from the token endpoint
        parameters.TryAllIssuerSigningKeys = !read.Header.Has("kid"); // with an id, that key and no other
        return base.ValidateTokenAsync(token, parameters);
    }

    private static bool IsAboutKeys(Exception? fault) =>
        fault
            is SecurityTokenInvalidSignatureException
                or SecurityTokenInvalidSigningKeyException
                or SecurityTokenInvalidAlgorithmException;

    private static string Named(Exception fault) =>
        fault switch
        {
            SecurityTokenInvalidIssuerException => "idTokenIssuer",
            SecurityTokenInvalidAudienceException => "idTokenAudience",
            _ => "idTokenForm",
        };

    private static TokenValidationResult Refused(string check) => new() { Exception = new SignInRefusedException(check) };
}
