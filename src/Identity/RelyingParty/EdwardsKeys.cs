using Microsoft.IdentityModel.Tokens;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace UserManagement.Identity;

/// <summary>
/// EdDSA with Ed25519 (RFC 8037, RFC 9864), which neither .NET nor its token library checks: they ask here. Verifies
/// alone, and never signs.
/// </summary>
internal sealed class EdwardsKeys : ICryptoProvider
{
    /// <summary>The names of the one algorithm, old and new.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["EdDSA", "Ed25519"];

    /// <summary>Whether it is a public key of Ed25519.</summary>
    public static bool IsKey(object? key) =>
        key is JsonWebKey { Kty: "OKP", Crv: "Ed25519", X: { Length: 43 } x }
        && x.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <inheritdoc/>
    public bool IsSupportedAlgorithm(string algorithm, params object[] args) =>
        Algorithms.Contains(algorithm) && args is [var key, ..] && IsKey(key);

    /// <inheritdoc/>
    public object Create(string algorithm, params object[] args) => new Verifier((JsonWebKey)args[0], algorithm);

    /// <inheritdoc/>
    public void Release(object cryptoInstance) => (cryptoInstance as IDisposable)?.Dispose();

    private sealed class Verifier(JsonWebKey key, string algorithm) : SignatureProvider(key, algorithm)
    {
        private readonly byte[] _point = Base64UrlEncoder.DecodeBytes(key.X);

        public override byte[] Sign(byte[] input) => throw new NotSupportedException("Tokens of others are checked here, none is signed.");

        public override bool Sign(ReadOnlySpan<byte> data, Span<byte> destination, out int bytesWritten) =>
            throw new NotSupportedException("Tokens of others are checked here, none is signed.");

        public override bool Verify(byte[] input, byte[] signature) => Verify(input, 0, input.Length, signature, 0, signature.Length);

        public override bool Verify(
            byte[] input,
            int inputOffset,
            int inputLength,
            byte[] signature,
            int signatureOffset,
            int signatureLength
        ) =>
            _point.Length == Ed25519.PublicKeySize
            && signatureLength == Ed25519.SignatureSize
            && Ed25519.Verify(signature, signatureOffset, _point, 0, input, inputOffset, inputLength);

        protected override void Dispose(bool disposing) { }
    }
}
