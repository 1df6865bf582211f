using System.Text;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// The keys with which a provider signs (RFC 7517): RSA of 2048 to 8192 bits, P-256, P-384, P-521 and Ed25519, for
/// signatures; whatever else the set holds is as if it were not there, symmetric keys above all.
/// </summary>
internal static class ProviderKeys
{
    /// <summary>The algorithms that are taken: never <c>none</c>, never one whose key both sides hold.</summary>
    public static readonly IReadOnlyList<string> Algorithms =
    [
        SecurityAlgorithms.RsaSha256,
        SecurityAlgorithms.RsaSha384,
        SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.EcdsaSha512,
        .. EdwardsKeys.Algorithms,
    ];

    /// <summary>Verifies signatures; keeps nothing of a key, for keys come from anybody.</summary>
    public static readonly CryptoProviderFactory Crypto = new()
    {
        CacheSignatureProviders = false,
        CustomCryptoProvider = new EdwardsKeys(),
    };

    private const int MostKeys = 100;

    /// <summary>
    /// Reads a set. Refusals: <c>providerUnreachable</c> when it is none, <c>providerUnsupported</c> when it holds no key that can be used.
    /// </summary>
    public static Outcome<IReadOnlyList<JsonWebKey>> Read(IdentityConnection connection, byte[] body)
    {
        try
        {
            var keys = JsonWebKeySet.Create(Encoding.UTF8.GetString(body)).Keys.Take(MostKeys).ToList();
            return keys.Where(IsUsable).ToList() is { Count: > 0 } usable ? usable
                : keys.Count == 0 ? Outbound.Unreachable(connection)
                : ProviderFit.Refuse(
                    "publishes no key that this server can check signatures with: RSA of 2048 to 8192 bits, P-256, P-384, P-521 or Ed25519"
                );
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException or FormatException or InvalidOperationException)
        {
            return Outbound.Unreachable(connection);
        }
    }

    /// <summary>Whether a key that fits a token's signature may sign it: where the key names an algorithm, for that one alone.</summary>
    public static bool MaySign(SecurityKey key, string algorithm) =>
        key is JsonWebKey { Alg: var own }
        && (
            string.IsNullOrEmpty(own)
            || own == algorithm
            || (EdwardsKeys.Algorithms.Contains(own) && EdwardsKeys.Algorithms.Contains(algorithm))
        );

    private static bool IsUsable(JsonWebKey key) =>
        key.Use is null or "" or "sig"
        && key.Kty switch
        {
            JsonWebAlgorithmsKeyTypes.RSA => key is { N.Length: > 0, E.Length: > 0 } && key.KeySize is >= 2048 and <= 8192,
            JsonWebAlgorithmsKeyTypes.EllipticCurve => key
                is { Crv: JsonWebKeyECTypes.P256 or JsonWebKeyECTypes.P384 or JsonWebKeyECTypes.P521, X.Length: > 0, Y.Length: > 0 },
            _ => EdwardsKeys.IsKey(key),
        };
}
