using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Api.Http;

/// <summary>
/// The part of an ETag that stands for what moves beside a version: a GET is told apart by both, an If-Match names the version alone.
/// </summary>
internal static class Etag
{
    /// <summary>A short mark of values; the same for the same values.</summary>
    public static string Of(IEnumerable<Guid> ids, params ReadOnlySpan<object?> values)
    {
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            text.Append(id.ToString("N")).Append(',');
        }

        foreach (var value in values)
        {
            text.Append(Convert.ToString(value is DateTimeOffset at ? at.UtcTicks : value, CultureInfo.InvariantCulture)).Append('|');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..12];
    }
}
