using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Microsoft.IdentityModel.Validators;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>Makes the OpenIdConnect handler's options of a connection's row, once for each version of it.</summary>
internal sealed class ConnectionOptions(ConnectionRows rows, Outbound outbound, TimeProvider time)
    : IConfigureNamedOptions<OpenIdConnectOptions>
{
    private static readonly KeptState State = new();

    /// <inheritdoc/>
    public void Configure(OpenIdConnectOptions options) { }

    /// <inheritdoc/>
    public void Configure(string? name, OpenIdConnectOptions options)
    {
        if (rows.Of(name) is not { } connection)
        {
            return;
        }

        var row = connection.Row;
        var metadata = new ProviderMetadata(row, outbound, time);
        var backchannel = new HttpClient(new ConnectionBackchannel(connection, metadata, outbound, time))
        {
            Timeout = Timeout.InfiniteTimeSpan,
        }; // each request has the guard's
        options.Authority = row.Authority;
        options.ClientId = row.ClientId;
        options.ConfigurationManager = metadata;
        options.Backchannel = backchannel;
        options.RefreshOnIssuerKeyNotFound = false; // the token handler asked already
        options.CallbackPath = "/signin"; // formal: the endpoint of each connection asks its handler itself
        options.SignInScheme = "none"; // the core opens sessions
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.Scope.Clear();
        row.Scopes.Split(' ').ToList().ForEach(options.Scope.Add);
        options.DisableTelemetry = true;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true; // ConnectionHandler says when
        options.StateDataFormat = State;
        options.Events = new ConnectionEvents(time);
        options.TokenHandler = new IdTokenHandler(row, metadata, time) { MapInboundClaims = false };
        options.TokenValidationParameters = Parameters(row, backchannel, metadata);
        options.ProtocolValidator = new()
        {
            RequireNonce = false, // ours, kept in the sealed cookie instead of one of its own; compared all the same
            RequireTimeStampInNonce = false,
            RequireState = false,
            RequireStateValidation = false,
            RequireSub = true,
        };
        EdwardsKeys
            .Algorithms.ToList()
            .ForEach(algorithm => options.ProtocolValidator.HashAlgorithmMap[algorithm] = SecurityAlgorithms.Sha512);
    }

    private static TokenValidationParameters Parameters(IdentityConnection row, HttpClient backchannel, ProviderMetadata metadata)
    {
        var parameters = new TokenValidationParameters
        {
            ValidAlgorithms = ProviderKeys.Algorithms,
            CryptoProviderFactory = ProviderKeys.Crypto,
            ValidAudience = row.ClientId,
            ValidateIssuerSigningKey = true,
            ValidateLifetime = false, // by our clock, in IdTokenChecks
        };
        switch (row.Kind)
        {
            case ConnectionKind.Entra:
                parameters.EnableAadSigningKeyIssuerValidation();
                parameters.IssuerValidator = AadIssuerValidator.GetAadIssuerValidator(row.Authority, backchannel, _ => metadata).Validate;
                break;
            case ConnectionKind.Google:
                parameters.ValidIssuers = [ConnectionCheck.Google, new Uri(ConnectionCheck.Google).Host];
                break;
        }

        var forTenant = parameters.IssuerSigningKeyValidatorUsingConfiguration;
        parameters.IssuerSigningKeyValidatorUsingConfiguration = (key, token, p, document) =>
        {
            try
            {
                return ProviderKeys.MaySign(key, ((Microsoft.IdentityModel.JsonWebTokens.JsonWebToken)token).Alg)
                    && (forTenant is null || forTenant(key, token, p, document));
            }
            catch (SecurityTokenInvalidIssuerException)
            {
                return false; // a key that signs for another tenant
            }
        };
        return parameters;
    }

    /// <summary>
    /// What the handler wants to remember goes into the sealed cookie; the provider gets the random state alone. An answer is
    /// opened before the handler sees it, so nothing is ever read back from a parameter.
    /// </summary>
    internal sealed class KeptState : ISecureDataFormat<AuthenticationProperties>
    {
        /// <summary>Under which name the sign-in in hand travels with a challenge.</summary>
        public const string InHand = "signin";

        /// <inheritdoc/>
        public string Protect(AuthenticationProperties data)
        {
            var hand = data.GetParameter<SignInInHand>(InHand)!;
            hand.Saved = hand.Saved with { Verifier = data.Items[OAuthConstants.CodeVerifierKey]! };
            return hand.Saved.State;
        }

        /// <inheritdoc/>
        public string Protect(AuthenticationProperties data, string? purpose) => Protect(data);

        /// <inheritdoc/>
        public AuthenticationProperties? Unprotect(string? protectedText) => null;

        /// <inheritdoc/>
        public AuthenticationProperties? Unprotect(string? protectedText, string? purpose) => null;
    }
}
