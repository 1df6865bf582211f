using System.Buffers.Text;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace UserManagement.Identity.Tests;

/// <summary>A key for each algorithm by which providers sign, and the provider made to sign with it.</summary>
internal static class Signers
{
    private static readonly ECDsa P256 = ECDsa.Create(ECCurve.NamedCurves.nistP256),
        P384 = ECDsa.Create(ECCurve.NamedCurves.nistP384),
        P521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
    private static readonly Ed25519PrivateKeyParameters Edwards = new(RandomNumberGenerator.GetBytes(32));

    /// <summary>The public keys beside the RSA key.</summary>
    public static IEnumerable<Dictionary<string, object?>> Keys =>
        [
            HostileProvider.Public(P256, "P-256"),
            HostileProvider.Public(P384, "P-384"),
            HostileProvider.Public(P521, "P-521"),
            new()
            {
                ["kty"] = "OKP",
                ["crv"] = "Ed25519",
                ["kid"] = "Ed25519",
                ["x"] = Base64Url.EncodeToString(Edwards.GeneratePublicKey().GetEncoded()),
            },
        ];

    /// <summary>From now on the provider signs by this algorithm.</summary>
    public static void Use(HostileProvider provider, string algorithm)
    {
        provider.OnClaims = _ => { };
        provider.OnHeader = h => h["alg"] = algorithm;
        var hash =
            algorithm.EndsWith("384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384
            : algorithm.EndsWith("512", StringComparison.Ordinal) ? HashAlgorithmName.SHA512
            : HashAlgorithmName.SHA256;
        (provider.KeyId, provider.Sign) = algorithm[..2] switch
        {
            "RS" => ("first", i => HostileProvider.FirstKey.SignData(i, hash, RSASignaturePadding.Pkcs1)),
            "PS" => ("first", i => HostileProvider.FirstKey.SignData(i, hash, RSASignaturePadding.Pss)),
            "ES" when algorithm == "ES256" => ("P-256", i => P256.SignData(i, hash)),
            "ES" when algorithm == "ES384" => ("P-384", i => P384.SignData(i, hash)),
            "ES" => ("P-521", i => P521.SignData(i, hash)),
            _ => ("Ed25519", (Func<byte[], byte[]>)SignEdwards),
        };
    }

    private static byte[] SignEdwards(byte[] input)
    {
        var signer = new Ed25519Signer();
        signer.Init(true, Edwards);
        signer.BlockUpdate(input, 0, input.Length);
        return signer.GenerateSignature();
    }
}
