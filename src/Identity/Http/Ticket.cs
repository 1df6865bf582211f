using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using UserManagement.Membership;

namespace UserManagement.Identity.Http;

/// <summary>
/// Something that the door lays into a page and believes when it comes back: sealed by the data protection that all
/// servers share, for one purpose and a quarter of an hour.
/// </summary>
/// <typeparam name="T">What is in it; its name is part of the purpose.</typeparam>
internal static class Ticket<T>
    where T : class
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Seals it, as text that fits into a form or an address.</summary>
    public static string Seal(Visit visit, T what) =>
        WebEncoders.Base64UrlEncode(
            Protector(visit).Protect(JsonSerializer.SerializeToUtf8Bytes(new Dated(what, visit.Act<TimeProvider>().Now())))
        );

    /// <summary>Opens it; null for anything else and when its time is over.</summary>
    public static T? Open(Visit visit, string? text)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 8192)
        {
            return null;
        }

        try
        {
            return
                JsonSerializer.Deserialize<Dated>(Protector(visit).Unprotect(WebEncoders.Base64UrlDecode(text))) is { } dated
                && visit.Act<TimeProvider>().Now() < dated.At + Lifetime
                ? dated.What
                : null;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return null;
        }
    }

    private static IDataProtector Protector(Visit visit) =>
        visit.Act<IDataProtectionProvider>().CreateProtector("UserManagement.Identity.Ticket.v1", typeof(T).Name);

    private sealed record Dated(T What, DateTimeOffset At);
}
