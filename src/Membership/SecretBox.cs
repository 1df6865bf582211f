using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Membership;

/// <summary>
/// Seals small secrets at rest (AES-256-GCM) under keys derived from the installation's master key, one key a purpose. While master
/// keys are changed a second one opens what was sealed by it, and seals nothing.
/// </summary>
public sealed class SecretBox
{
    private const byte Format = 1;
    private readonly byte[] _master;
    private readonly byte[]? _other;
    private Func<SecretBox, FoundingKeys?> _founding = _ => null;
    private FoundingKeys? _known;
    private bool _isKnown;

    /// <param name="masterKey">At least 32 bytes.</param>
    /// <param name="otherKey">The second one; null for none.</param>
    /// <exception cref="ArgumentException">A key is too short.</exception>
    public SecretBox(byte[] masterKey, byte[]? otherKey = null)
    {
        if (masterKey.Length < 32 || otherKey is { Length: < 32 })
        {
            throw new ArgumentException("The master key has fewer than 32 bytes.", nameof(masterKey));
        }

        _master = masterKey;
        _other = otherKey is not null && otherKey.AsSpan().SequenceEqual(masterKey) ? null : otherKey;
    }

    /// <summary>Whether there is a second key.</summary>
    public bool HasOther => _other is not null;

    /// <summary>A box of the second key alone; null where there is none.</summary>
    public SecretBox? Other => _other is null ? null : new(_other);

    /// <summary>Seals bytes for a purpose; the purpose must be named again to open them.</summary>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> clear)
    {
        var sealedBytes = new byte[1 + 12 + 16 + clear.Length];
        sealedBytes[0] = Format;
        var nonce = sealedBytes.AsSpan(1, 12);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(Derive(_master, purpose), 16);
        aes.Encrypt(nonce, clear, sealedBytes.AsSpan(29), sealedBytes.AsSpan(13, 16), Encoding.UTF8.GetBytes(purpose));
        return sealedBytes;
    }

    /// <summary>Opens what <see cref="Seal"/> made, or null when it is damaged or was sealed with another key or purpose.</summary>
    public byte[]? Open(string purpose, ReadOnlySpan<byte> sealedBytes) =>
        Open(_master, purpose, sealedBytes) ?? (_other is null ? null : Open(_other, purpose, sealedBytes));

    /// <summary>Whether the first key opens it.</summary>
    internal bool IsOfMaster(string purpose, ReadOnlySpan<byte> sealedBytes) => Open(_master, purpose, sealedBytes) is not null;

    private static byte[]? Open(byte[] master, string purpose, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < 29 || sealedBytes[0] != Format)
        {
            return null;
        }

        var clear = new byte[sealedBytes.Length - 29];
        using var aes = new AesGcm(Derive(master, purpose), 16);
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

    /// <summary>
    /// A key of 32 bytes for a purpose that seals by itself; the purpose must not be one of <see cref="Seal"/>. It changes with the master
    /// key: what must outlive that takes <see cref="EnduringKeyOf"/>.
    /// </summary>
    public byte[] KeyOf(string purpose) => Derive(_master, purpose);

    /// <summary>
    /// The same for what no change of master keys may change: the key that the installation's first master key gave, one of
    /// <see cref="FoundingKeys.Purposes"/>. Read from the database once a process.
    /// </summary>
    public byte[] EnduringKeyOf(string purpose)
    {
        if (!_isKnown)
        {
            (_known, _isKnown) = (_founding(this), true);
        }

        return _known?.Of(purpose) ?? KeyOf(purpose);
    }

    /// <summary>From where the founding keys are read.</summary>
    internal void FoundBy(Func<SecretBox, FoundingKeys?> read) => _founding = read;

    private static byte[] Derive(byte[] master, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 32, info: Encoding.UTF8.GetBytes("usermanagement/" + purpose));
}
