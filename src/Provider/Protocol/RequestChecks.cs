using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using UserManagement.Membership.Apps;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace UserManagement.Provider.Protocol;

/// <summary>What an authorization request must hold beside what OpenIddict asks for, at once or pushed.</summary>
internal static class RequestChecks
{
    private const string Pushed = "urn:ietf:params:oauth:request_uri:";
    private const int Step = 500;

    public static void Add(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<ValidateAuthorizationRequestContext>(b =>
            b.UseInlineHandler(NotElsewhere).SetOrder(Authentication.ValidateRequestUriParameter.Descriptor.Order - Step)
        );
        server.AddEventHandler<ValidateAuthorizationRequestContext>(b =>
            b.UseScopedHandler<OfAuthorization>().SetOrder(Authentication.ValidateClientRedirectUri.Descriptor.Order + Step)
        );
        server.AddEventHandler<ValidatePushedAuthorizationRequestContext>(b =>
            b.UseScopedHandler<OfPushed>().SetOrder(Authentication.ValidatePushedClientRedirectUri.Descriptor.Order + Step)
        );
    }

    /// <summary>Whether a request lies at an address of the app's (OpenID Connect Core section 6.2), and not here.</summary>
    public static bool IsElsewhere(OpenIddictRequest request) =>
        !string.IsNullOrEmpty(request.RequestUri) && !request.RequestUri.StartsWith(Pushed, StringComparison.Ordinal);

    /// <summary>Nothing is fetched for an app: it is told so by the code that Core section 3.1.2.6 has for it.</summary>
    private static ValueTask NotElsewhere(ValidateAuthorizationRequestContext context)
    {
        if (IsElsewhere(context.Request))
        {
            context.Reject(Errors.RequestUriNotSupported, "A request is sent as parameters, or pushed first; it is fetched from nowhere.");
        }

        return default;
    }

    /// <summary>
    /// PKCE as it is meant (RFC 7636 section 4.2) and from everybody who has no leave to do without, an ID token alone only by a form, and
    /// a <c>max_age</c> that is a number of seconds.
    /// </summary>
    private static async ValueTask CheckAsync(
        BaseValidatingContext context,
        OpenIddictRequest request,
        string? clientId,
        IOpenIddictApplicationManager apps
    )
    {
        if (request.CodeChallenge is { Length: > 0 } challenge)
        {
            if (challenge.Length != 43 || !challenge.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                context.Reject(Errors.InvalidRequest, "The code_challenge is not the SHA-256 of a code_verifier.");
                return;
            }
        }
        else if (
            request.HasResponseType(ResponseTypes.Code)
            && !(
                await apps.FindByClientIdAsync(clientId ?? "", context.CancellationToken) is { } app
                && await apps.HasPermissionAsync(app, ClientSettings.WithoutPkce, context.CancellationToken)
            )
        )
        {
            context.Reject(Errors.InvalidRequest, "A code_challenge is needed, with the method S256 (PKCE, RFC 7636).");
            return;
        }

        if (request.HasResponseType(ResponseTypes.IdToken) && request.ResponseMode != ResponseModes.FormPost)
        {
            context.Reject(Errors.InvalidRequest, "An ID token is sent with response_mode=form_post only.");
        }
        else if (
            (string?)request[Parameters.MaxAge] is { Length: > 0 } age
            && !long.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        )
        {
            context.Reject(Errors.InvalidRequest, "max_age is a number of seconds, 0 or more.");
        }
    }

    private sealed class OfAuthorization(IOpenIddictApplicationManager apps) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ValidateAuthorizationRequestContext context) =>
            CheckAsync(context, context.Request, context.ClientId, apps);
    }

    private sealed class OfPushed(IOpenIddictApplicationManager apps) : IOpenIddictServerHandler<ValidatePushedAuthorizationRequestContext>
    {
        public ValueTask HandleAsync(ValidatePushedAuthorizationRequestContext context) =>
            CheckAsync(context, context.Request, context.ClientId, apps);
    }
}
