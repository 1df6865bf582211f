using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Membership.Audit;

/// <summary>
/// Signs heads of the audit log by ECDSA with P-256 and SHA-256. The key follows from the installation's master key, so that every
/// server signs with the same one and none is stored; who checks needs the public key alone.
/// </summary>
public static class AuditSigner
{
    private const string Purpose = "audit-heads";

    /// <summary>
    /// What is signed: a fixed first line, then workspace, place, chain in hexadecimal and time in milliseconds, a line each.
    /// </summary>
    public static byte[] Text(Guid workspace, long sequence, byte[] chain, DateTimeOffset at) =>
        Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"usermanagement audit head 1\n{workspace:D}\n{sequence}\n{Convert.ToHexStringLower(chain)}\n{at.ToUnixTimeMilliseconds()}\n"
            )
        );

    /// <summary>The public key, as a PEM file holds it (RFC 7468, SubjectPublicKeyInfo).</summary>
    public static string PublicKey(SecretBox box)
    {
        using var key = KeyOf(box);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    /// <summary>The signature of a head, 64 bytes (IEEE P1363).</summary>
    public static byte[] Sign(SecretBox box, Guid workspace, long sequence, byte[] chain, DateTimeOffset at)
    {
        using var key = KeyOf(box);
        return key.SignData(Text(workspace, sequence, chain, at), HashAlgorithmName.SHA256);
    }

    /// <summary>The key; of the few numbers that are none of the curve's the next is taken.</summary>
    private static ECDsa KeyOf(SecretBox box)
    {
        ArgumentNullException.ThrowIfNull(box);
        for (var n = 0; ; n++)
        {
            try
            {
                return ECDsa.Create(
                    new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = box.KeyOf(n == 0 ? Purpose : $"{Purpose}-{n}") }
                );
            }
            catch (CryptographicException) when (n < 8) { }
        }
    }
}
