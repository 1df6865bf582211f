using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// By what the lines about somebody are found where there is no id: who was refused at the door, whom a directory looked for.
/// </summary>
public static class ProvisioningSubject
{
    /// <summary>The subject of a name: a digest of its key, so that "ADA@acme.example" is found by "ada@acme.example".</summary>
    /// <param name="name">A user name, an address, the directory's own id, or a group's name.</param>
    public static Guid Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _ = SHA256.HashData(Encoding.UTF8.GetBytes(Key.Of(Key.Cut(name, Key.MaxLength))), digest);
        digest[6] = (byte)(0x80 | (digest[6] & 0xF)); // a UUID of version 8 (RFC 9562 section 5.8): never an id of ours
        return new(digest[..16], bigEndian: true);
    }
}
