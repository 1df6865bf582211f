using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;

namespace UserManagement.AdminUi.Http;

/// <summary>
/// Keeps a <see cref="Note"/> in a protected cookie until the next page. It opens for the session that wrote it, for two
/// minutes; whatever else is in the cookie is no note. No secret is ever put into it.
/// </summary>
internal static class NoteCookie
{
    public const string Name = "__Host-um-note";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private static readonly CookieOptions Options = new()
    {
        Path = "/",
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Strict,
        IsEssential = true,
    };

    public static void Write(HttpContext http, IDataProtectionProvider protection, Id<Session> session, Note note) =>
        http.Response.Cookies.Append(Name, Protector(protection, session).Protect(JsonSerializer.Serialize(note), Lifetime), Options);

    /// <summary>Takes the note out of the cookie; null when there is none that opens.</summary>
    public static Note? Take(HttpContext http, IDataProtectionProvider protection, Id<Session> session)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 } kept)
        {
            return null;
        }

        http.Response.Cookies.Delete(Name, Options);
        try
        {
            return JsonSerializer.Deserialize<Note>(Protector(protection, session).Unprotect(kept));
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException or FormatException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection, Id<Session> session) =>
        protection.CreateProtector("UserManagement.AdminUi.Note", session.ToString()).ToTimeLimitedDataProtector();
}
