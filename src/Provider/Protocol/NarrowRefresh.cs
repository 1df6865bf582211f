using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace UserManagement.Provider.Protocol;

/// <summary>
/// Who refreshes for less than was given gets an access token of less, and the next refresh token has all that the one before had (RFC 6749
/// section 6). OpenIddict narrows both, and gives none where <c>offline_access</c> is not named again: an app would lose its sign-in by it.
/// </summary>
internal static class NarrowRefresh
{
    private const int Step = 500;

    public static void Add(OpenIddictServerBuilder server)
    {
        server.AddEventHandler<ProcessSignInContext>(b =>
            b.UseInlineHandler(GiveNext).SetOrder(OpenIddictServerHandlers.EvaluateGeneratedTokens.Descriptor.Order + Step)
        );
        server.AddEventHandler<ProcessSignInContext>(b =>
            b.UseInlineHandler(KeepScopes).SetOrder(OpenIddictServerHandlers.PrepareRefreshTokenPrincipal.Descriptor.Order + Step)
        );
    }

    private static System.Security.Claims.ClaimsPrincipal? Redeemed(ProcessSignInContext context) =>
        context.EndpointType == OpenIddictServerEndpointType.Token && context.Request.IsRefreshTokenGrantType()
            ? context
                .Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!)
                ?.RefreshTokenPrincipal
            : null;

    private static ValueTask GiveNext(ProcessSignInContext context)
    {
        if (Redeemed(context) is { } before && before.HasScope(Scopes.OfflineAccess))
        {
            (context.GenerateRefreshToken, context.IncludeRefreshToken) = (true, true);
        }

        return default;
    }

    private static ValueTask KeepScopes(ProcessSignInContext context)
    {
        if (Redeemed(context) is { } before)
        {
            context.RefreshTokenPrincipal?.SetScopes(before.GetScopes());
        }

        return default;
    }
}
