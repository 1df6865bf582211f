using System.Buffers;
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
        var salt = RandomNumberGenerator.GetBytes(16);
        return entry with { Salt = salt, Digest = Digest(salt, entry.TargetName, entry.Before, entry.After) };
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
        ReadOnlySpan<string?> parts = [targetName, before, after];
        var most = salt?.Length ?? 0;
        foreach (var part in parts)
        {
            most += sizeof(int) + Encoding.UTF8.GetByteCount(part ?? "");
        }

        var rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            salt?.CopyTo(rented, 0);
            var at = salt?.Length ?? 0;
            foreach (var part in parts)
            {
                var length = Encoding.UTF8.GetBytes(part ?? "", rented.AsSpan(at + sizeof(int)));
                BinaryPrimitives.WriteInt32BigEndian(rented.AsSpan(at), part is null ? -1 : length);
                at += sizeof(int) + length;
            }

            return SHA256.HashData(rented.AsSpan(0, at));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
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
