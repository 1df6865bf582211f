using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Membership;

/// <summary>Random secrets for links, tokens and sessions: shown once, stored as a hash.</summary>
public static class Secret
{
    /// <summary>
    /// A new secret of 256 random bits in URL-safe characters (43 of them), after an optional prefix that scanners can find.
    /// </summary>
    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The hash under which a secret is looked up: SHA-256. The secret is random, so no salt and no slow hash is needed.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
