using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using UserManagement.Membership;
using UserManagement.Membership.Apps;
using static OpenIddict.Abstractions.OpenIddictConstants;
using Properties = OpenIddict.Server.AspNetCore.OpenIddictServerAspNetCoreConstants.Properties;

namespace UserManagement.Provider.Tokens;

/// <summary>
/// UserInfo (OpenID Connect Core section 5.3): what the scopes of the token open, read anew, with as many groups as there are.
/// </summary>
internal static class UserInfoEndpoint
{
    /// <summary>Its address.</summary>
    public static string Address(HttpContext http) => http.RequestServices.GetRequiredService<Links>().Base + "/connect/userinfo";

    public static async Task<IResult> AnswerAsync(HttpContext http)
    {
        var token = (await http.AuthenticateAsync(TokenEndpoint.Scheme)).Principal;
        if (
            !Guid.TryParse(token?.GetAuthorizationId(), out var grant)
            || !(
                await http.RequestServices.GetRequiredService<ReadAppClaims>().OfGrantAsync(grant, allGroups: true, http.RequestAborted)
            ).Is(out var claims, out _)
        )
        {
            return Results.Challenge(
                new AuthenticationProperties(
                    new Dictionary<string, string?>
                    {
                        [Properties.Error] = Errors.InvalidToken,
                        [Properties.ErrorDescription] = "The access that this token stood for has ended.",
                    }
                ),
                [TokenEndpoint.Scheme]
            );
        }

        return Results.Json(AppPrincipal.Facts(claims, token!.GetScopes(), null).ToDictionary(f => f.Name, f => f.Value));
    }
}
