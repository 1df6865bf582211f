using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace UserManagement.Scim.Protocol.Queries;

/// <summary>
/// Writes cursors that a client can neither read nor make (RFC 9865, section 5.2): a position may hold a user name, which
/// has no place in an address. AES-GCM, whose tag authenticates everything, with a nonce that is a MAC of the content:
/// the same cursor has the same text, and no random source is needed. The text has only letters, digits, '-' and '_'.
/// </summary>
public sealed class CursorSeal
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int FingerprintSize = 16;
    private const int HeadSize = 1 + FingerprintSize + sizeof(int) + sizeof(long);
    private const int MaxText = (1 + NonceSize + HeadSize + Cursor.MaxPosition + TagSize + 2) / 3 * 4;
    private readonly byte[] _sealKey;
    private readonly byte[] _nonceKey;

    /// <summary>
    /// A seal with a secret that all instances of the server share. Throws when it is shorter than 32 bytes: that is a
    /// fault of the caller.
    /// </summary>
    public CursorSeal(ReadOnlySpan<byte> key)
    {
        if (key.Length < 32)
        {
            throw new ArgumentException("A cursor key has at least 32 bytes.", nameof(key));
        }
        _sealKey = HMACSHA256.HashData(key, "scim cursor: seal"u8);
        _nonceKey = HMACSHA256.HashData(key, "scim cursor: nonce"u8);
    }

    /// <summary>
    /// Writes a cursor that goes with the query at the place (see <see cref="Query.Fingerprint"/>). Throws when the position is too long.
    /// </summary>
    public string Write(Cursor cursor, Query query, string scope)
    {
        ArgumentNullException.ThrowIfNull(cursor);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cursor.Position.Length, Cursor.MaxPosition);
        var content = new byte[HeadSize + cursor.Position.Length];
        content[0] = (byte)cursor.Kind;
        query.Fingerprint(scope).CopyTo(content, 1);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(1 + FingerprintSize), cursor.Count);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(1 + FingerprintSize + sizeof(int)), cursor.IssuedAt.ToUnixTimeSeconds());
        cursor.Position.Span.CopyTo(content.AsSpan(HeadSize));

        var sealedBytes = new byte[1 + NonceSize + content.Length + TagSize];
        sealedBytes[0] = Version;
        var nonce = sealedBytes.AsSpan(1, NonceSize);
        HMACSHA256.HashData(_nonceKey, content).AsSpan(0, NonceSize).CopyTo(nonce);
        using var cipher = new AesGcm(_sealKey, TagSize);
        cipher.Encrypt(
            nonce,
            content,
            sealedBytes.AsSpan(1 + NonceSize, content.Length),
            sealedBytes.AsSpan(1 + NonceSize + content.Length),
            sealedBytes.AsSpan(0, 1)
        );
        return Base64Url.EncodeToString(sealedBytes);
    }

    /// <summary>
    /// Reads the cursor of a query that is not on its first page. Refusals: 400 invalidCursor for what we did not make or
    /// made for another query or place, in the same words whatever is wrong; 400 expiredCursor; 400 invalidCount when the
    /// page size is another one.
    /// </summary>
    /// <param name="query">The query; its cursor is not empty.</param>
    /// <param name="scope">The place, as when it was written.</param>
    /// <param name="now">The time.</param>
    /// <param name="lifetime">How long a cursor is honoured; null for no limit.</param>
    public ScimResult<Cursor> Read(Query query, string scope, DateTimeOffset now, TimeSpan? lifetime)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (Open(query.Cursor) is not { } content || !content.AsSpan(1, FingerprintSize).SequenceEqual(query.Fingerprint(scope)))
        {
            return ScimError.InvalidCursor("The cursor is not one of this query. Begin anew with an empty cursor.");
        }
        var count = BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(1 + FingerprintSize));
        var issued = DateTimeOffset.FromUnixTimeSeconds(
            BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(1 + FingerprintSize + sizeof(int)))
        );
        if (lifetime is { } limit && now - issued > limit)
        {
            return ScimError.ExpiredCursor(
                $"The cursor is older than {(long)limit.TotalSeconds} seconds. Begin anew with an empty cursor."
            );
        }
        return count != query.Count
            ? ScimError.InvalidCount($"'count' must stay {count} while paging by cursor.")
            : new Cursor((CursorKind)content[0], content.AsMemory(HeadSize), count, issued);
    }

    /// <summary>The content of a cursor that we sealed, or null.</summary>
    private byte[]? Open(string? text)
    {
        if (text is null or "" || text.Length > MaxText || !IsUnreserved(text))
        {
            return null;
        }
        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        if (
            Base64Url.DecodeFromChars(text, bytes, out _, out var length) != OperationStatus.Done
            || length < 1 + NonceSize + HeadSize + TagSize
            || bytes[0] != Version
            // the last character of base64 may hold bits that mean nothing: one cursor has one spelling
            || !Base64Url.EncodeToString(bytes.AsSpan(0, length)).Equals(text, StringComparison.Ordinal)
        )
        {
            return null;
        }
        var content = new byte[length - 1 - NonceSize - TagSize];
        using var cipher = new AesGcm(_sealKey, TagSize);
        try
        {
            cipher.Decrypt(
                bytes.AsSpan(1, NonceSize),
                bytes.AsSpan(1 + NonceSize, content.Length),
                bytes.AsSpan(length - TagSize, TagSize),
                content,
                bytes.AsSpan(0, 1)
            );
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        return content;
    }

    private static bool IsUnreserved(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
