using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Integrations.Webhooks;

/// <summary>
/// The signature of Standard Webhooks: HMAC-SHA256 over id, time and body, joined by dots; one for each secret that lives, with a blank
/// between.
/// </summary>
public static class StandardSignature
{
    /// <summary>The three headers.</summary>
    /// <param name="keys">The keys, oldest first.</param>
    /// <param name="id">The event's id, the same at each try.</param>
    /// <param name="at">The time of this try.</param>
    /// <param name="body">The body as it is sent.</param>
    public static IReadOnlyDictionary<string, string> Headers(IReadOnlyList<byte[]> keys, string id, DateTimeOffset at, byte[] body)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(body);
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. body];
        return new Dictionary<string, string>
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = time,
            // of several, some verifiers pass over the last one (StandardWebhooks 1.1.2 on .NET): it stands there twice
            ["webhook-signature"] = string.Join(
                ' ',
                (keys.Count > 1 ? [.. keys, keys[^1]] : keys).Select(key =>
                    "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))
                )
            ),
        };
    }
}
