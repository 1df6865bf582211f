using System.IdentityModel.Tokens.Jwt;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace UserManagement.Identity;

/// <summary>
/// The OpenIdConnect handler for schemes that are rows of the database. What binds an answer to its browser is the one
/// sealed cookie of the sign-in, which the door keeps; the handler's own lines are not logged, for they hold what
/// providers send.
/// </summary>
internal sealed class ConnectionHandler(IOptionsMonitor<OpenIdConnectOptions> options, HtmlEncoder html, UrlEncoder url)
    : OpenIdConnectHandler(options, NullLoggerFactory.Instance, html, url)
{
    /// <summary>Always: our endpoint has found the one connection that its address names.</summary>
    public override Task<bool> ShouldHandleRequestAsync() => Task.FromResult(true);

    /// <inheritdoc/>
    protected override void GenerateCorrelationId(AuthenticationProperties properties) { }

    /// <summary>
    /// Whether the request brings the cookie of its sign-in: it was opened before the handler was asked, or there is none in hand.
    /// </summary>
    protected override bool ValidateCorrelationId(AuthenticationProperties properties) => Context.Features.Get<SignInInHand>() is not null;

    /// <inheritdoc/>
    protected override async Task<HandleRequestResult> GetUserInformationAsync(
        OpenIdConnectMessage message,
        JwtSecurityToken jwt,
        ClaimsPrincipal principal,
        AuthenticationProperties properties
    )
    {
        var hand = SignInInHand.Of(Context);
        hand.UserInfo = await UserInfo.AskAsync(hand, message.AccessToken, Options, Context.RequestAborted);
        return HandleRequestResult.Success(new AuthenticationTicket(principal, properties, Scheme.Name));
    }
}
