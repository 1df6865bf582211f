using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace UserManagement.Membership.Audit;

/// <summary>What of a line of the audit log is chained: everything that an erasure leaves, and the digest of what it takes.</summary>
/// <param name="Id">The line.</param>
/// <param name="At">When, in milliseconds since 1970 (UTC).</param>
/// <param name="ActorKind">What kind of actor, as it is stored.</param>
/// <param name="ActorId">Which one; null for an operator and the server itself.</param>
/// <param name="Door">Through which door, as it is stored.</param>
/// <param name="Act">What was done.</param>
/// <param name="TargetKind">To what kind of thing.</param>
/// <param name="TargetId">To which one; null for none.</param>
/// <param name="Reason">Why; null for none.</param>
/// <param name="Refused">Whether it was refused.</param>
/// <param name="Digest">The digest of name and facts (<see cref="Erasure.Digest"/>), 32 bytes.</param>
public sealed record ChainedLine(
    Guid Id,
    long At,
    string ActorKind,
    Guid? ActorId,
    string Door,
    string Act,
    string TargetKind,
    Guid? TargetId,
    string? Reason,
    bool Refused,
    byte[] Digest
);

/// <summary>
/// The chain of an audit log: each line's value is a SHA-256 over the value of the line before it, its place, and itself. The first
/// line follows 32 zero bytes. Lines are chained in the order in which they are sealed; their ids and times speak for themselves.
/// </summary>
public static class AuditLink
{
    /// <summary>What stands before the first line.</summary>
    public static byte[] Start { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>
    /// The chain's value after a line. Numbers are eight bytes, big endian; ids are the sixteen bytes of RFC 9562, texts their length in
    /// bytes of UTF-8 and those bytes; a length of -1 stands for null.
    /// </summary>
    /// <param name="before">The value before it.</param>
    /// <param name="sequence">Its place, from 1.</param>
    /// <param name="line">The line.</param>
    public static byte[] After(byte[] before, long sequence, ChainedLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        Number(sequence);
        Id(line.Id);
        Number(line.At);
        Text(line.ActorKind);
        Id(line.ActorId);
        Text(line.Door);
        Text(line.Act);
        Text(line.TargetKind);
        Id(line.TargetId);
        Text(line.Reason);
        Number(line.Refused ? 1 : 0);
        hash.AppendData(line.Digest);
        return hash.GetHashAndReset();

        void Number(long number)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            hash.AppendData(bytes);
        }

        void Id(Guid? id)
        {
            Number(id is null ? -1 : 16);
            hash.AppendData(id?.ToByteArray(bigEndian: true) ?? []);
        }

        void Text(string? text)
        {
            var bytes = text is null ? [] : Encoding.UTF8.GetBytes(text);
            Number(text is null ? -1 : bytes.Length);
            hash.AppendData(bytes);
        }
    }
}
