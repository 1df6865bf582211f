using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace UserManagement.Membership;

/// <summary>
/// UUIDs of version 7 that follow the order in which one process makes them: lists and the outbox go by them. The twelve bits
/// behind the time count within a millisecond (RFC 9562 section 6.2, method 1); the 62 after those are drawn by chance, anew for
/// each. More than 4,096 in one millisecond borrow from the next, and a clock that steps back a little is waited for by counting on.
/// </summary>
internal static class Ids
{
    /// <summary>A clock further back than this was set right: from then on ids follow it again.</summary>
    public static readonly TimeSpan MostBack = TimeSpan.FromMinutes(10);

    private const int CountBits = 12;
    private const int TimeShift = 16;
    private const long LastMillisecond = (1L << 48) - 1;
    private static readonly ConditionalWeakTable<TimeProvider, Last> Known = [];

    /// <summary>The next one on a clock; greater than every one made on it before.</summary>
    public static Guid Next(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var place = Known.GetOrCreateValue(time).Next(time.GetUtcNow().ToUnixTimeMilliseconds());
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(place >> CountBits)).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6] = (byte)(0x70 | ((place >> 8) & 0xF));
        bytes[7] = (byte)place;
        return new(bytes, bigEndian: true);
    }

    /// <summary>The least id of a time: what was made before it has a lesser one.</summary>
    public static Guid FirstAt(DateTimeOffset at) => FirstAt(at.ToUnixTimeMilliseconds());

    /// <summary>The same for a time in milliseconds since 1970; before that the least of all ids, beyond all times the greatest.</summary>
    public static Guid FirstAt(long millisecond)
    {
        if (millisecond > LastMillisecond)
        {
            return Guid.AllBitsSet;
        }

        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, millisecond) << TimeShift);
        return new(bytes, bigEndian: true);
    }

    /// <summary>The time of an id, in milliseconds since 1970: its first six bytes.</summary>
    public static long MillisecondOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >>> TimeShift;
    }

    /// <summary>The place of the last id: its millisecond, and behind it the count within.</summary>
    private sealed class Last
    {
        private long _place = -1;

        public long Next(long millisecond)
        {
            while (true)
            {
                var last = Volatile.Read(ref _place);
                var next =
                    (last >> CountBits) - millisecond > (long)MostBack.TotalMilliseconds
                        ? millisecond << CountBits
                        : Math.Max(millisecond << CountBits, last + 1); // one more than the highest count is the next millisecond's first
                if (Interlocked.CompareExchange(ref _place, next, last) == last)
                {
                    return next;
                }
            }
        }
    }
}
