using Microsoft.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Provider.Tokens;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace UserManagement.Provider.Protocol;

/// <summary>
/// Where OpenIddict leaves something open, or answers otherwise than we want: one handler each, in the order of a request.
/// </summary>
internal static class Refinements
{
    /// <summary>When a request first came; put into it by us alone, in milliseconds.</summary>
    public const string AskedAt = "um_asked_at";

    private const int Step = 500;

    /// <summary>What a client assertion may be signed by: the keys of an app are RSA and EC (<c>JsonWebKeySet</c>).</summary>
    private static readonly System.Collections.Immutable.ImmutableArray<string?> AssertionAlgorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
    ];

    public static void Add(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<ProcessRequestContext>(b =>
            b.UseInlineHandler(FromPublicAddress).SetOrder(OpenIddictServerAspNetCoreHandlers.ResolveRequestUri.Descriptor.Order + Step)
        );
        server.AddEventHandler<ExtractAuthorizationRequestContext>(b => b.UseSingletonHandler<NoteTime>().SetOrder(int.MaxValue - 1000));
        server.AddEventHandler<ExtractPushedAuthorizationRequestContext>(b =>
            b.UseSingletonHandler<NoteTimeOfPushed>().SetOrder(int.MaxValue - 1000)
        );
        RequestChecks.Add(server);
        server.AddEventHandler<ApplyAuthorizationResponseContext>(b =>
            b.UseScopedHandler<LeadBack>().SetOrder(Authentication.AttachRedirectUri.Descriptor.Order + Step)
        );
        server.AddEventHandler<ApplyAuthorizationResponseContext>(b =>
            b.UseInlineHandler(Mode).SetOrder(Authentication.InferResponseMode.Descriptor.Order + Step)
        );
        server.AddEventHandler<ApplyAuthorizationResponseContext>(b =>
            b.UseScopedHandler<ErrorWords>()
                .SetOrder(OpenIddictServerAspNetCoreHandlers.Authentication.ProcessFormPostResponse.Descriptor.Order - (2 * Step))
        );
        server.AddEventHandler<ApplyEndSessionResponseContext>(b =>
            b.UseScopedHandler<ErrorWords>()
                .SetOrder(OpenIddictServerAspNetCoreHandlers.Session.ProcessQueryResponse.Descriptor.Order - Step)
        );
        server.AddEventHandler<ApplyAuthorizationResponseContext>(b =>
            b.UseInlineHandler(FormPostPage.AnswerAsync)
                .SetOrder(OpenIddictServerAspNetCoreHandlers.Authentication.ProcessFormPostResponse.Descriptor.Order - Step)
        );
        server.AddEventHandler<ValidateTokenContext>(b =>
            b.UseInlineHandler(TakeUsualAssertion).SetOrder(Protection.ResolveTokenValidationParameters.Descriptor.Order + Step)
        );
        server.AddEventHandler<ValidateTokenContext>(b =>
            b.UseInlineHandler(TakeHint).SetOrder(Protection.ValidateTokenEntry.Descriptor.Order - (2 * Step) + 1)
        );
        server.AddEventHandler<ValidateTokenContext>(b =>
            b.UseScopedHandler<TokenFamilies.NoticeReuse>().SetOrder(Protection.ValidateTokenEntry.Descriptor.Order - Step)
        );
        server.AddEventHandler<ProcessAuthenticationContext>(b =>
            b.UseScopedHandler<SpendAssertion>().SetOrder(ValidateClientSecret.Descriptor.Order + Step)
        );
        server.AddEventHandler<ValidateTokenRequestContext>(b =>
            b.UseInlineHandler(NoMore).SetOrder(Exchange.ValidateGrantedScopes.Descriptor.Order - Step)
        );
        server.AddEventHandler<ProcessSignInContext>(b =>
            b.UseScopedHandler<TokenFamilies.RedeemOnce>().SetOrder(RedeemTokenEntry.Descriptor.Order - Step)
        );
        server.RemoveEventHandler(Revocation.RevokeToken.Descriptor);
        server.AddEventHandler<HandleRevocationRequestContext>(b =>
            b.UseScopedHandler<TokenFamilies.Revoke>().SetOrder(Revocation.RevokeToken.Descriptor.Order)
        );
        server.AddEventHandler<HandleIntrospectionRequestContext>(b => b.UseScopedHandler<ReadAnew>().SetOrder(int.MaxValue - 1000));
        server.AddEventHandler<HandleConfigurationRequestContext>(b => b.UseInlineHandler(Tell).SetOrder(int.MaxValue - 1000));
    }

    /// <summary>Addresses come from the configured public one, never from the Host header or the scheme behind a proxy.</summary>
    private static ValueTask FromPublicAddress(ProcessRequestContext context)
    {
        if (context.Options.Issuer is { } issuer && context.RequestUri is { } asked && context.Transaction.GetHttpRequest() is { } request)
        {
            var root = issuer.OriginalString.TrimEnd('/');
            context.BaseUri = new(root + "/");
            context.RequestUri = new(root + request.Path.ToUriComponent() + request.QueryString.ToUriComponent());
        }

        return default;
    }

    /// <summary>How an error goes back that came before it was known how: as the app wished, or in the address.</summary>
    private static ValueTask Mode(ApplyAuthorizationResponseContext context)
    {
        if (!string.IsNullOrEmpty(context.RedirectUri) && context.ResponseMode is not (ResponseModes.Query or ResponseModes.FormPost))
        {
            context.ResponseMode = context.Request?.ResponseMode == ResponseModes.FormPost ? ResponseModes.FormPost : ResponseModes.Query;
        }

        return default;
    }

    /// <summary>
    /// Clients send the <c>typ</c> JWT or none (RFC 7523 asks for none); OpenIddict asks for a word of its own. They name us by the issuer,
    /// by the token endpoint (OpenID Connect Core section 9) or by the address that they send to (RFC 9126 section 2); OpenIddict takes the
    /// issuer only.
    /// </summary>
    private static ValueTask TakeUsualAssertion(ValidateTokenContext context)
    {
        if (context.ValidTokenTypes.Count == 1 && context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion))
        {
            context.TokenValidationParameters.ValidTypes = null;
            context.TokenValidationParameters.TypeValidator = static (type, _, _) =>
                string.IsNullOrEmpty(type) || type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
                    ? JsonWebTokenTypes.ClientAuthentication
                    : type;
            if (context.Options.Issuer is { } issuer)
            {
                context.ValidAudiences.Add(issuer.OriginalString.TrimEnd('/') + "/connect/token");
            }

            if (context.EndpointType == OpenIddictServerEndpointType.PushedAuthorization && context.RequestUri is { } here)
            {
                context.ValidAudiences.Add(here.GetLeftPart(UriPartial.Path));
            }
        }

        return default;
    }

    /// <summary>
    /// An ID token that comes back is a hint: it says of whom and of which session, and opens nothing. One of a sign-in whose tokens
    /// the app gave back before it signs its person out, as mod_auth_openidc does, is as good as any.
    /// </summary>
    private static ValueTask TakeHint(ValidateTokenContext context)
    {
        if (context.Principal is { } principal && principal.HasTokenType(TokenTypeIdentifiers.IdentityToken))
        {
            (context.TokenId, context.AuthorizationId) = (null, null);
        }

        return default;
    }

    /// <summary>Who refreshes for more than was given asks for a scope that is not theirs (RFC 6749 sections 5.2 and 6).</summary>
    private static ValueTask NoMore(ValidateTokenRequestContext context)
    {
        if (context.RefreshTokenPrincipal is { } given && context.Request.GetScopes().Except(given.GetScopes()).Any())
        {
            context.Reject(Errors.InvalidScope, "A refresh token gives no more scopes than the sign-in gave.");
        }

        return default;
    }

    private static ValueTask Tell(HandleConfigurationRequestContext context)
    {
        // public clients name themselves and prove nothing (OpenID Connect Core section 9); whether a token stands nobody else may ask
        context.TokenEndpointAuthenticationMethods.Add("none");
        context.RevocationEndpointAuthenticationMethods.Add("none");
        foreach (var endpoint in new[] { "token", "introspection", "revocation" })
        {
            // RFC 8414 section 2: must be there beside private_key_jwt
            context.Metadata[endpoint + "_endpoint_auth_signing_alg_values_supported"] = new(AssertionAlgorithms);
        }

        context.Metadata["backchannel_logout_supported"] = true;
        context.Metadata["backchannel_logout_session_supported"] = true;
        context.Metadata["acr_values_supported"] = new(System.Collections.Immutable.ImmutableArray.Create<string?>("1", "2"));
        context.Metadata["subject_types_supported"] = new(
            System.Collections.Immutable.ImmutableArray.Create<string?>("public", "pairwise")
        );
        return default;
    }

    /// <summary>
    /// Notes when a request first came, so that a wish for a new sign-in is fulfilled by one that came after it, and once.
    /// </summary>
    private sealed class NoteTime(Store store) : IOpenIddictServerHandler<ExtractAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ExtractAuthorizationRequestContext context)
        {
            Note(store, context.Request!);
            return default;
        }

        public static void Note(Store store, OpenIddictRequest request)
        {
            request.RemoveParameter(AskedAt);
            if (string.IsNullOrEmpty(request.RequestUri))
            {
                request.SetParameter(AskedAt, store.Time.GetUtcNow().ToUnixTimeMilliseconds());
            }
        }
    }

    private sealed class NoteTimeOfPushed(Store store) : IOpenIddictServerHandler<ExtractPushedAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ExtractPushedAuthorizationRequestContext context)
        {
            NoteTime.Note(store, context.Request!);
            return default;
        }
    }

    /// <summary>
    /// OpenID Connect Core section 3.1.2.6: what is wrong in a request goes back to the app, as long as the app and its address are right;
    /// OpenIddict shows much of it to the person.
    /// </summary>
    private sealed class LeadBack(IOpenIddictApplicationManager apps) : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
    {
        public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
        {
            if (
                context
                    is {
                        RedirectUri: null,
                        Response.Error: not null,
                        Request: { ClientId: { Length: > 0 } client, RedirectUri: { Length: > 0 } address } request
                    }
                && (request.RequestUri is null || RequestChecks.IsElsewhere(request))
                && await apps.FindByClientIdAsync(client, context.CancellationToken) is { } app
                && await apps.ValidateRedirectUriAsync(app, address, context.CancellationToken)
            )
            {
                context.RedirectUri = address;
            }
        }
    }

    /// <summary>An assertion serves once (RFC 7523 section 3, item 7).</summary>
    private sealed class SpendAssertion(SpendAppAssertion spend) : IOpenIddictServerHandler<ProcessAuthenticationContext>
    {
        private const string Spent = "um_assertion_spent";

        public async ValueTask HandleAsync(ProcessAuthenticationContext context)
        {
            if (context.ClientAssertionPrincipal is { } assertion && context.Transaction.GetProperty<string>(Spent) is null)
            {
                context.Transaction.SetProperty(Spent, Spent); // one request is judged more than once
                if (
                    await spend.RunAsync(
                        context.ClientId ?? "",
                        assertion.GetClaim(Claims.JwtId),
                        Until(assertion),
                        context.CancellationToken
                    )
                )
                {
                    return;
                }

                context.Reject(Errors.InvalidClient, "The client assertion has no jti, lives too long, or was used before.");
            }
        }

        private static DateTimeOffset? Until(System.Security.Claims.ClaimsPrincipal assertion) =>
            assertion.GetExpirationDate()
            ?? (
                long.TryParse(assertion.GetClaim(Claims.ExpiresAt), System.Globalization.CultureInfo.InvariantCulture, out var seconds)
                    ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                    : null
            );
    }

    /// <summary>Whether a token is active is asked of the core at this moment, not of the token.</summary>
    private sealed class ReadAnew(ReadAppClaims read) : IOpenIddictServerHandler<HandleIntrospectionRequestContext>
    {
        public async ValueTask HandleAsync(HandleIntrospectionRequestContext context)
        {
            if (
                Guid.TryParse(context.GenericTokenPrincipal?.GetAuthorizationId(), out var grant)
                && context.GenericTokenPrincipal?.GetClaim(Claims.ClientId) != context.GenericTokenPrincipal?.GetClaim(Claims.Subject)
                && !(await read.OfGrantAsync(grant, false, context.CancellationToken)).Done
            )
            {
                context.Reject(Errors.InvalidToken, "The token is no longer active.");
                return;
            }

            foreach (var name in AppPrincipal.Lists)
            {
                if (context.Claims.TryGetValue(name, out var one) && (string?)one is { } text)
                {
                    context.Claims[name] = new(System.Collections.Immutable.ImmutableArray.Create<string?>(text)); // read back as a text
                }
            }
        }
    }
}
