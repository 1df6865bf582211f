using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Portals;
using UserManagement.Ui;

namespace UserManagement.Identity.Portal;

/// <summary>
/// The cookie of a session that began with a link to the set-up portal: the link's id and an id of its own, sealed. It opens nothing but
/// the portal, and the link is asked for at each request. It outlives the link by a day, so that an open page can say that it is over.
/// </summary>
public static class PortalCookie
{
    /// <summary>Its name.</summary>
    public const string Name = "__Host-portal";

    private static readonly TimeSpan Beyond = TimeSpan.FromDays(1);

    /// <summary>The link and the session of a request; null for none.</summary>
    public static (Id<PortalLink> Link, string Session)? Read(HttpContext http)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 and < 1000 } text)
        {
            return null;
        }

        try
        {
            return Protector(http).Unprotect(text).Split(' ') is [var link, var session] && Id<PortalLink>.TryParse(link, out var id)
                ? (id, session)
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The user of a request in this session: a form of another session, or of an account, is no form of it.</summary>
    public static ClaimsPrincipal UserOf(Id<PortalLink> link, string session)
    {
        Claim[] claims = [new("sub", link.ToString()), new(FormNumber.SessionClaim, session)];
        return new(new ClaimsIdentity(claims, "portal"));
    }

    /// <summary>Gives the browser a session of this link in place of any other.</summary>
    public static void Write(HttpContext http, PortalLink link)
    {
        var end = link.ExpiresAt + Beyond;
        var session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        http.Response.Cookies.Append(Name, Protector(http).Protect($"{link.Id} {session}"), Options(end));
    }

    /// <summary>Takes it away.</summary>
    public static void Clear(HttpContext http) => http.Response.Cookies.Delete(Name, Options(null));

    private static IDataProtector Protector(HttpContext http) =>
        http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("UserManagement.Identity.PortalSession");

    private static CookieOptions Options(DateTimeOffset? expires) =>
        new()
        {
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax, // the way back from a provider that is tried begins at its site
            Path = "/",
            IsEssential = true,
            Expires = expires,
        };
}
