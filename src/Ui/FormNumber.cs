using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace UserManagement.Ui;

/// <summary>
/// The number of a form that makes something when it is posted: 128 random bits, sealed for the session that was shown the form and for
/// the path to which it posts. The door hands it to the core, which does what it stands for once; so a page that is loaded again after
/// the post makes nothing a second time. It holds for twelve hours, less than what was done is remembered.
/// </summary>
public static class FormNumber
{
    /// <summary>The name of the field.</summary>
    public const string Field = "formNumber";

    /// <summary>The claim of the request's user that names the session.</summary>
    public const string SessionClaim = "sid";

    /// <summary>How long after it was shown a form may be posted.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int Longest = 1024;

    /// <summary>A new number; null where nobody is signed in.</summary>
    /// <param name="http">The request that shows the form.</param>
    /// <param name="path">Where the form posts to.</param>
    public static string? New(HttpContext http, string path)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (ProtectorOf(http, path) is not { } protector)
        {
            return null;
        }

        var number = new byte[24];
        BinaryPrimitives.WriteInt64BigEndian(number, Now(http).ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(number.AsSpan(8));
        return Base64Url.EncodeToString(protector.Protect(number));
    }

    /// <summary>The number that was posted; null when there is none, or it is of another session, of another form, or too old.</summary>
    public static string? Read(PageRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var http = request.Http;
        if (
            request.Field(Field) is not { Length: > 0 and <= Longest } text
            || ProtectorOf(http, http.Request.PathBase + http.Request.Path) is not { } protector
        )
        {
            return null;
        }

        try
        {
            var number = protector.Unprotect(Base64Url.DecodeFromChars(text));
            var shown = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(number));
            return Now(http) - shown < Lifetime ? Convert.ToHexString(number) : null;
        }
        catch (Exception fault) when (fault is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private static IDataProtector? ProtectorOf(HttpContext http, string path) =>
        http.User.FindFirst(SessionClaim)?.Value is { } session
            ? http
                .RequestServices.GetRequiredService<IDataProtectionProvider>()
                .CreateProtector("UserManagement.Ui.FormNumber", session, path)
            : null;

    private static DateTimeOffset Now(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
