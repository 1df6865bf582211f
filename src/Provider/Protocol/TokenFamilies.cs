using OpenIddict.Abstractions;
using OpenIddict.Server;
using UserManagement.Membership.Apps;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace UserManagement.Provider.Protocol;

/// <summary>What ends all that one sign-in gave an app: a code or token that comes twice, or one that is given back.</summary>
internal static class TokenFamilies
{
    /// <summary>
    /// A code or refresh token that was redeemed comes again: OpenIddict refuses it and ends its tokens; here its grant ends, with a
    /// line in the audit log. The token's row is read once for both. An app that revokes a token that it has redeemed gives back what
    /// it got for it; where it only asks whether it is active, nobody has a copy.
    /// </summary>
    public sealed class NoticeReuse(IOpenIddictTokenManager tokens, EndReusedGrant reused, GiveBackTokens back)
        : IOpenIddictServerHandler<ValidateTokenContext>
    {
        public async ValueTask HandleAsync(ValidateTokenContext context)
        {
            if (
                context.EndpointType is OpenIddictServerEndpointType.Token or OpenIddictServerEndpointType.Revocation
                && context.Principal is { } principal
                && (
                    principal.HasTokenType(TokenTypeIdentifiers.RefreshToken)
                    || principal.HasTokenType(TokenTypeIdentifiers.Private.AuthorizationCode)
                )
                && (context.TokenId ?? principal.GetTokenId()) is { Length: > 0 } id
                && await tokens.FindByIdAsync(id, context.CancellationToken) is { } token
                && await tokens.HasStatusAsync(token, Statuses.Redeemed, context.CancellationToken)
                && Guid.TryParse(principal.GetAuthorizationId(), out var family)
            )
            {
                if (
                    context.EndpointType == OpenIddictServerEndpointType.Revocation
                    && context.Transaction.Request?.ClientId is { } app
                    && principal.HasPresenter(app)
                )
                {
                    await back.RunAsync(family, context.CancellationToken);
                    return;
                }

                await reused.RunAsync(
                    family,
                    principal.HasTokenType(TokenTypeIdentifiers.RefreshToken) ? Parameters.RefreshToken : Parameters.Code,
                    context.CancellationToken
                );
            }
        }
    }

    /// <summary>
    /// A code or refresh token is redeemed by one request alone (RFC 9700 section 4.14.2). OpenIddict lets all go on that bring the same
    /// refresh token at the same moment; here all but the first are refused, and what came of it ends.
    /// </summary>
    public sealed class RedeemOnce(IOpenIddictTokenManager tokens, EndReusedGrant reused) : IOpenIddictServerHandler<ProcessSignInContext>
    {
        public async ValueTask HandleAsync(ProcessSignInContext context)
        {
            if (
                context.EndpointType != OpenIddictServerEndpointType.Token
                || context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!)
                    is not { } proof
                || (proof.AuthorizationCodePrincipal ?? proof.RefreshTokenPrincipal) is not { } redeemed
                || redeemed.GetTokenId() is not { } id
            )
            {
                return;
            }

            if (
                await tokens.FindByIdAsync(id, context.CancellationToken) is not { } token
                || !await tokens.TryRedeemAsync(token, context.CancellationToken)
            )
            {
                if (Guid.TryParse(redeemed.GetAuthorizationId(), out var family))
                {
                    await reused.RunAsync(
                        family,
                        proof.AuthorizationCodePrincipal is null ? Parameters.RefreshToken : Parameters.Code,
                        context.CancellationToken
                    );
                }

                context.Reject(Errors.InvalidGrant, "This was used by another request at the same moment.");
            }
        }
    }

    /// <summary>
    /// RFC 7009 section 2.1: with a refresh token goes all that was issued with it, also what a request at the same moment gets for it.
    /// OpenIddict answers an error where another request was faster, and leaves what that one got: here the grant ends first, and whoever
    /// was faster ended the token as well (section 2.2: no error).
    /// </summary>
    public sealed class Revoke(IOpenIddictTokenManager tokens, GiveBackTokens back)
        : IOpenIddictServerHandler<HandleRevocationRequestContext>
    {
        public async ValueTask HandleAsync(HandleRevocationRequestContext context)
        {
            var token = context.GenericTokenPrincipal!;
            var isRefresh = token.HasTokenType(TokenTypeIdentifiers.RefreshToken);
            if ((!isRefresh && !token.HasTokenType(TokenTypeIdentifiers.AccessToken)) || token.GetTokenId() is not { Length: > 0 } id)
            {
                context.Reject(Errors.UnsupportedTokenType, "Access and refresh tokens can be revoked.");
                return;
            }

            if (isRefresh && Guid.TryParse(token.GetAuthorizationId(), out var family))
            {
                await back.RunAsync(family, context.CancellationToken);
            }

            if (await tokens.FindByIdAsync(id, context.CancellationToken) is { } row)
            {
                _ = await tokens.TryRevokeAsync(row, context.CancellationToken);
            }
        }
    }
}
