using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership.Accounts;
using UserManagement.Ui;

namespace UserManagement.Identity.Http;

/// <summary>
/// The cookie of a session: a random secret and nothing else. <c>__Host-</c> binds it to this host; Secure holds over
/// http on loopback too, where browsers count the connection as safe.
/// </summary>
public static class SessionCookie
{
    /// <summary>Its name.</summary>
    public const string Name = "__Host-session";

    /// <summary>What the browser sent; null when nothing.</summary>
    public static string? Read(HttpContext http) => http.Request.Cookies[Name];

    /// <summary>The user of a request in this session.</summary>
    public static ClaimsPrincipal UserOf(SignedIn who)
    {
        Claim[] claims = [new("sub", who.Account.Id.ToString()), new(FormNumber.SessionClaim, who.Session.Id.ToString())];
        return new(new ClaimsIdentity(claims, "session"));
    }

    /// <summary>Gives the browser its new session in place of any other.</summary>
    public static void Write(HttpContext http, OpenedSession opened) =>
        http.Response.Cookies.Append(Name, opened.Secret, Options(opened.Row.ExpiresAt));

    /// <summary>Takes it away.</summary>
    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(Name, Options(null));

    private static CookieOptions Options(DateTimeOffset? expires) =>
        new()
        {
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            IsEssential = true,
            Expires = expires,
        };
}
