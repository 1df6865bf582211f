using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Membership.Audit;

/// <summary>
/// How a line of the audit log keeps its proof while it loses what it says of people. Each line bears a digest of that part, salted
/// so that names cannot be tried out against it; an erasure empties the part and the salt and leaves the digest, and the database
/// lets through no other change (the migration AuditMayBeErased). A line of an older version bears none: it gets one as it is erased, of
/// its content alone, so that it is the same whether it was chained before or is chained after.
/// </summary>
public static class Erasure
{
    /// <summary>What stands in place of the name of somebody who was erased.</summary>
    public const string Name = "erased";

    /// <summary>The line with a salt of its own and the digest that follows.</summary>
    public static AuditEntry Salt(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var salted = entry with { Salt = RandomNumberGenerator.GetBytes(16) };
        return salted with { Digest = Digest(salted) };
    }

    /// <summary>
    /// SHA-256 over the salt and the target's name, the facts before and the facts after, each as its length in bytes of UTF-8 (four bytes,
    /// big endian; -1 for null) and those bytes. Ids, act, time and door are not in it: they stay and speak for themselves.
    /// </summary>
    public static byte[] Digest(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Digest(entry.Salt, entry.TargetName, entry.Before, entry.After);
    }

    /// <summary>The same for the parts; no salt in lines of an older version.</summary>
    public static byte[] Digest(byte[]? salt, string? targetName, string? before, string? after)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt ?? []);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in new[] { targetName, before, after })
        {
            var bytes = part is null ? [] : Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The line without what it says of people; unchanged where that is gone already.</summary>
    /// <param name="entry">The line.</param>
    /// <param name="at">When it is erased.</param>
    public static AuditEntry Of(AuditEntry entry, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.ErasedAt is not null && entry is { TargetName: null, Before: null, After: null, Salt: null }
            ? entry
            : entry with
            {
                Digest = entry.Digest ?? Digest(entry), // as it was chained, or will be
                TargetName = null,
                Before = null,
                After = null,
                Salt = null,
                ErasedAt = entry.ErasedAt ?? at,
            };
    }
}
