using System.Security.Cryptography;

namespace UserManagement.Membership.Audit;

/// <summary>The public keys by which heads may be signed: one, and those from before the master key was changed.</summary>
internal sealed class AuditKeys : IDisposable
{
    private const string End = "-----END PUBLIC KEY-----";
    private readonly List<ECDsa> _keys = [];

    private AuditKeys() { }

    /// <summary>Reads them from PEM, one after the other; null when there is none, or one is none.</summary>
    public static AuditKeys? Read(string pem)
    {
        var keys = new AuditKeys();
        foreach (var one in pem.Split(End).Where(text => text.Contains("-----BEGIN", StringComparison.Ordinal)))
        {
            var key = ECDsa.Create();
            keys._keys.Add(key);
            try
            {
                key.ImportFromPem(one + End);
            }
            catch (Exception e) when (e is ArgumentException or CryptographicException)
            {
                keys.Dispose();
                return null;
            }
        }

        return keys._keys.Count > 0 ? keys : null;
    }

    /// <summary>Whether one of them signed a text.</summary>
    public bool Signed(byte[] text, byte[] signature) => _keys.Exists(k => k.VerifyData(text, signature, HashAlgorithmName.SHA256));

    /// <inheritdoc/>
    public void Dispose() => _keys.ForEach(k => k.Dispose());
}
