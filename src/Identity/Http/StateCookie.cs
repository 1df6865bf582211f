using Microsoft.AspNetCore.Http;

namespace UserManagement.Identity.Http;

/// <summary>
/// The cookies of sign-ins at providers that are in hand: one for each, sealed, gone after fifteen minutes or its answer.
/// Lax, for the answer comes as a navigation from the provider's site.
/// </summary>
internal static class StateCookie
{
    private const string Prefix = "__Host-signin-";
    private const int MostAtOnce = 5;

    /// <summary>Keeps the state of a sign-in that begins; those of earlier tabs go when there are too many for a header.</summary>
    public static void Keep(HttpContext http, AuthorizationRequest begun)
    {
        var held = http.Request.Cookies.Keys.Where(k => k.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        if (held.Count >= MostAtOnce)
        {
            held.ForEach(name => http.Response.Cookies.Delete(name, Options(null)));
        }

        http.Response.Cookies.Append(begun.CookieName, begun.SavedState, Options(TimeSpan.FromMinutes(15)));
    }

    /// <summary>The state that belongs to an answer, and takes the cookie away; null when there is none.</summary>
    public static string? Take(HttpContext http, string? state)
    {
        var name = RelyingParty.CookieName(state);
        if (http.Request.Cookies[name] is not { } saved)
        {
            return null;
        }

        http.Response.Cookies.Delete(name, Options(null));
        return saved;
    }

    private static CookieOptions Options(TimeSpan? lifetime) =>
        new()
        {
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            IsEssential = true,
            MaxAge = lifetime,
        };
}
