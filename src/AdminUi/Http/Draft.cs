using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using UserManagement.Ui;

namespace UserManagement.AdminUi.Http;

/// <summary>
/// What was typed into a form whose sender has to prove first who they are: kept for a quarter of an hour in a cookie of the
/// browser, sealed for the account, the workspace and the page, while the person is away. Secrets are left out: they are typed anew.
/// It is bound to the account, for the proof may come with a session of its own.
/// </summary>
internal static class Draft
{
    private const string Name = "__Host-draft";
    private const int Longest = 3800; // a browser keeps 4096 bytes of a cookie
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private static readonly HashSet<string> LeftOut = ["__RequestVerificationToken", FormNumber.Field, "secret", "key"];

    /// <summary>Keeps what was posted. False when it is too long to be kept.</summary>
    /// <param name="visit">The request.</param>
    /// <param name="page">The page below the workspace that shows the form; its query does not count.</param>
    public static bool Keep(Visit visit, string page)
    {
        var fields = visit.Form.Where(f => !LeftOut.Contains(f.Key)).ToDictionary(f => f.Key, f => f.Value.ToArray());
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            JsonSerializer.Serialize(deflate, fields);
        }

        var text = Convert.ToBase64String(Protector(visit, page).Protect(packed.ToArray(), Lifetime));
        if (text.Length > Longest)
        {
            return false;
        }

        visit.Http.Response.Cookies.Append(Name, text, Options(Lifetime));
        return true;
    }

    /// <summary>The request with the form that was kept for this page, once; as it is when none was, or the proof is not new.</summary>
    public static Visit Restore(Visit visit, string page)
    {
        if (
            visit.Http.Request.Cookies[Name] is not { Length: > 0 and <= Longest } text
            || Membership.Accounts.Factors.RecentAuthentication.Check(visit.Actor, visit.Now) is not null
        )
        {
            return visit;
        }

        try
        {
            using var packed = new MemoryStream(Protector(visit, page).Unprotect(Convert.FromBase64String(text)));
            using var plain = new DeflateStream(packed, CompressionMode.Decompress);
            var fields = JsonSerializer.Deserialize<Dictionary<string, string?[]>>(plain)!;
            visit.Http.Response.Cookies.Delete(Name, Options(null));
            return visit.With(new FormCollection(fields.ToDictionary(f => f.Key, f => new StringValues(f.Value))));
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException or JsonException or InvalidDataException)
        {
            return visit; // of another page, or too old
        }
    }

    private static ITimeLimitedDataProtector Protector(Visit visit, string page) =>
        visit
            .Act<IDataProtectionProvider>()
            .CreateProtector("UserManagement.AdminUi.Draft", visit.Workspace.Id.ToString(), visit.Account.Id.ToString(), page.Split('?')[0])
            .ToTimeLimitedDataProtector();

    private static CookieOptions Options(TimeSpan? lifetime) =>
        new()
        {
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Lax, // the way back from a provider begins at its site
            Path = "/",
            IsEssential = true,
            MaxAge = lifetime,
        };
}
