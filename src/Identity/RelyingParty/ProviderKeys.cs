using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace UserManagement.Identity;

/// <summary>
/// The keys with which a provider signs (RFC 7517): RSA of 2048 to 8192 bits and P-256, for signatures; whatever else
/// the set holds is as if it were not there, symmetric keys above all.
/// </summary>
internal sealed class ProviderKeys
{
    /// <summary>The algorithms that are taken, for the kind of key that each needs.</summary>
    public static readonly IReadOnlyDictionary<string, string> Algorithms = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [SecurityAlgorithms.RsaSha256] = JsonWebAlgorithmsKeyTypes.RSA,
        [SecurityAlgorithms.RsaSsaPssSha256] = JsonWebAlgorithmsKeyTypes.RSA,
        [SecurityAlgorithms.EcdsaSha256] = JsonWebAlgorithmsKeyTypes.EllipticCurve,
    };

    private const int MostKeys = 100;
    private const int MostTried = 10;
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };
    private static readonly CryptoProviderFactory Crypto = new() { CacheSignatureProviders = false };
    private readonly List<JsonWebKey> _keys;

    private ProviderKeys(List<JsonWebKey> keys) => _keys = keys;

    /// <summary>Reads a set; null when it is none, or holds no key that can be used.</summary>
    public static ProviderKeys? Read(byte[] body)
    {
        try
        {
            var keys = JsonWebKeySet.Create(Encoding.UTF8.GetString(body)).Keys.Take(MostKeys).Where(IsUsable).ToList();
            return keys.Count == 0 ? null : new(keys);
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether one of the keys signed the token: the one of this id; without an id, any of the fitting kind.
    /// </summary>
    /// <param name="token">The token in its compact form.</param>
    /// <param name="algorithm">The header's algorithm, one of <see cref="Algorithms"/>.</param>
    /// <param name="keyId">The header's key id; null for none.</param>
    /// <param name="issuer">The token's issuer: Entra says at a key for whom it signs.</param>
    public async Task<bool> SignedAsync(string token, string algorithm, string? keyId, string? issuer)
    {
        foreach (var key in _keys.Where(k => Fits(k, algorithm, keyId, issuer)).Take(MostTried))
        {
            var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
            {
                IssuerSigningKeyResolver = (_, _, _, _) => [key],
                CryptoProviderFactory = Crypto,
                RequireSignedTokens = true,
                ValidAlgorithms = [algorithm],
                ValidateIssuer = false, // issuer, audience and times are checks of their own, in IdTokenChecks
                ValidateAudience = false,
                ValidateLifetime = false,
            });
            if (result.IsValid)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsUsable(JsonWebKey key) =>
        key.Use is null or "" or "sig" && key.Kty switch
        {
            JsonWebAlgorithmsKeyTypes.RSA => key is { N.Length: > 0, E.Length: > 0 } && key.KeySize is >= 2048 and <= 8192,
            JsonWebAlgorithmsKeyTypes.EllipticCurve => key is { Crv: JsonWebKeyECTypes.P256, X.Length: > 0, Y.Length: > 0 },
            _ => false,
        };

    private static bool Fits(JsonWebKey key, string algorithm, string? keyId, string? issuer) =>
        (keyId is null || key.Kid == keyId)
        && key.Kty == Algorithms[algorithm]
        && (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm)
        && (!key.AdditionalData.TryGetValue("issuer", out var of) || of is not string { Length: > 0 } signsFor
            || signsFor == issuer || (signsFor.Contains(ProviderDocument.TenantMark, StringComparison.Ordinal) && MatchesMark(signsFor, issuer)));

    private static bool MatchesMark(string marked, string? issuer)
    {
        var at = marked.IndexOf(ProviderDocument.TenantMark, StringComparison.Ordinal);
        return issuer is not null && issuer.StartsWith(marked[..at], StringComparison.Ordinal) && issuer.EndsWith(marked[(at + ProviderDocument.TenantMark.Length)..], StringComparison.Ordinal);
    }
}
