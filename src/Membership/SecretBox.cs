using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Membership;

/// <summary>
/// Seals small secrets at rest (AES-256-GCM) under keys derived from the installation's master key, one key a purpose.
/// </summary>
public sealed class SecretBox
{
    private const byte Format = 1;
    private readonly byte[] _master;

    /// <param name="masterKey">At least 32 bytes.</param>
    /// <exception cref="ArgumentException">The key is too short.</exception>
    public SecretBox(byte[] masterKey)
    {
        if (masterKey.Length < 32)
        {
            throw new ArgumentException("The master key has fewer than 32 bytes.", nameof(masterKey));
        }

        _master = masterKey;
    }

    /// <summary>Seals bytes for a purpose; the purpose must be named again to open them.</summary>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> clear)
    {
        var sealedBytes = new byte[1 + 12 + 16 + clear.Length];
        sealedBytes[0] = Format;
        var nonce = sealedBytes.AsSpan(1, 12);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(KeyOf(purpose), 16);
        aes.Encrypt(nonce, clear, sealedBytes.AsSpan(29), sealedBytes.AsSpan(13, 16), Encoding.UTF8.GetBytes(purpose));
        return sealedBytes;
    }

    /// <summary>Opens what <see cref="Seal"/> made, or null when it is damaged or was sealed with another key or purpose.</summary>
    public byte[]? Open(string purpose, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < 29 || sealedBytes[0] != Format)
        {
            return null;
        }

        var clear = new byte[sealedBytes.Length - 29];
        using var aes = new AesGcm(KeyOf(purpose), 16);
        try
        {
            aes.Decrypt(sealedBytes.Slice(1, 12), sealedBytes[29..], sealedBytes.Slice(13, 16), clear, Encoding.UTF8.GetBytes(purpose));
            return clear;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Seals text.</summary>
    public byte[] SealText(string purpose, string clear) => Seal(purpose, Encoding.UTF8.GetBytes(clear));

    /// <summary>Opens sealed text; null for null and for what cannot be opened.</summary>
    public string? OpenText(string purpose, byte[]? sealedBytes) =>
        sealedBytes is null || Open(purpose, sealedBytes) is not { } clear ? null : Encoding.UTF8.GetString(clear);

    /// <summary>A key of 32 bytes for a purpose that seals by itself; the purpose must not be one of <see cref="Seal"/>.</summary>
    public byte[] KeyOf(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _master, 32, info: Encoding.UTF8.GetBytes("usermanagement/" + purpose));
}
