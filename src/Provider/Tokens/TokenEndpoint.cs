using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using UserManagement.Membership;
using UserManagement.Membership.Apps;
using static OpenIddict.Abstractions.OpenIddictConstants;
using Properties = OpenIddict.Server.AspNetCore.OpenIddictServerAspNetCoreConstants.Properties;

namespace UserManagement.Provider.Tokens;

/// <summary>What a code, a refresh token or an app's own proof is worth at this moment.</summary>
internal static class TokenEndpoint
{
    public const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static async Task<IResult> AnswerAsync(HttpContext http)
    {
        if (
            http.GetOpenIddictServerRequest() is not { } request
            || await http.RequestServices.GetRequiredService<ListClients>().FindAsync(request.ClientId ?? "", http.RequestAborted)
                is not { } client
        )
        {
            return Refuse(Errors.InvalidClient, "The app is not there.");
        }

        if (request.IsClientCredentialsGrantType())
        {
            // RFC 6749 section 3.3: who names no scope has all that the app may use for itself
            return Issue(
                AppPrincipal.Of(
                    client,
                    request.GetScopes() is { Length: > 0 } asked ? asked : [.. ProgramTokens.Doors(ClientSettings.Of(client).AllowedScopes)]
                )
            );
        }

        var stored = (await http.AuthenticateAsync(Scheme)).Principal;
        if (stored is null || !Guid.TryParse(stored.GetAuthorizationId(), out var grant))
        {
            return Refuse(Errors.InvalidGrant, "What was sent is no longer of use.");
        }

        var read = await http
            .RequestServices.GetRequiredService<ReadAppClaims>()
            .OfGrantAsync(grant, allGroups: false, http.RequestAborted);
        var scopes = request.IsRefreshTokenGrantType() && !string.IsNullOrEmpty(request.Scope) ? request.GetScopes() : stored.GetScopes();
        string[] allowed = [Scopes.OpenId, Scopes.OfflineAccess, .. ClientSettings.Of(client).AllowedScopes];
        scopes = [.. scopes.Intersect(allowed)]; // what was taken away from the app since is told no more
        return read.Is(out var claims, out var refusal)
            ? Issue(AppPrincipal.Of(claims, client, grant, scopes, UserInfoEndpoint.Address(http)))
            : Refuse(Errors.InvalidGrant, Ascii(refusal.Message));
    }

    /// <summary>Has tokens made of a principal.</summary>
    public static IResult Issue(ClaimsPrincipal principal) => Results.SignIn(principal, properties: null, Scheme);

    /// <summary>Says no in the words of OAuth.</summary>
    public static IResult Refuse(string error, string description) =>
        Results.Forbid(
            new AuthenticationProperties(
                new Dictionary<string, string?> { [Properties.Error] = error, [Properties.ErrorDescription] = description }
            ),
            [Scheme]
        );

    /// <summary>
    /// A sentence as RFC 6749 section 5.2 lets it be sent: other letters, of a workspace's name for instance, become question marks.
    /// </summary>
    public static string Ascii(string text) =>
        string.Concat(
            text.Select(c =>
                c is '"' ? '\''
                : c is < ' ' or > '~' or '\\' ? '?'
                : c
            )
        );
}
