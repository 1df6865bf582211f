using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Abstractions;
using UserManagement.Membership.Apps;

namespace UserManagement.Provider.Protocol;

/// <summary>
/// Apps that run in a browser read from their own origin (CORS, the Fetch standard section 3.2). The discovery document and the keys are
/// anybody's to read; tokens, UserInfo, revocation and pushed requests only pages at an origin of the app's redirect addresses (RFC 9700
/// section 2.6). No cookie counts at these addresses. The question before a request (preflight) names no app: it is answered with yes,
/// and the request's own answer is kept from any other origin.
/// </summary>
internal static class CrossOrigin
{
    private static readonly HashSet<string> OfApps = new(StringComparer.OrdinalIgnoreCase)
    {
        "/connect/token",
        "/connect/userinfo",
        "/connect/revocation",
        "/connect/par",
    };

    /// <summary>Answers the question before a request; otherwise sees to it that the request's answer says who may read it.</summary>
    /// <returns>Whether the request is answered.</returns>
    public static bool Answer(HttpContext http)
    {
        if (http.Request.Headers.Origin is not [{ Length: > 0 and <= 300 } origin])
        {
            return false;
        }

        var isPublic = http.Request.Path.StartsWithSegments("/.well-known");
        if (!isPublic && !OfApps.Contains(http.Request.Path.Value ?? ""))
        {
            return false;
        }

        var headers = http.Response.Headers;
        headers.Append("Vary", "Origin");
        if (HttpMethods.IsOptions(http.Request.Method) && http.Request.Headers.AccessControlRequestMethod.Count == 1)
        {
            headers.AccessControlAllowOrigin = isPublic ? "*" : origin;
            headers.AccessControlAllowMethods = "GET, POST";
            headers.AccessControlAllowHeaders = "authorization, content-type";
            headers.AccessControlMaxAge = "600";
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return true;
        }

        if (isPublic)
        {
            headers.AccessControlAllowOrigin = "*";
            return false;
        }

        http.Response.OnStarting(async () =>
        {
            if (await IsOfAppAsync(http, origin))
            {
                headers.AccessControlAllowOrigin = origin;
                headers.AccessControlExposeHeaders = "WWW-Authenticate";
            }
        });
        return false;
    }

    private static async Task<bool> IsOfAppAsync(HttpContext http, string origin)
    {
        var request = http.GetOpenIddictServerRequest();
        var id = request?.ClientId ?? AppOf(request?.AccessToken);
        return !string.IsNullOrEmpty(id)
            && await http.RequestServices.GetRequiredService<ListClients>().FindAsync(id, http.RequestAborted) is { } client
            && ClientSettings
                .Of(client)
                .RedirectUris.Any(u => Uri.TryCreate(u, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin);
    }

    /// <summary>The app that a token names: it decides nothing but who may read the answer to it.</summary>
    private static string? AppOf(string? token) =>
        token is { Length: <= 64 * 1024 } && new JsonWebTokenHandler().CanReadToken(token)
            ? new JsonWebToken(token).TryGetPayloadValue<string>(OpenIddictConstants.Claims.ClientId, out var id)
                ? id
                : null
            : null;
}
