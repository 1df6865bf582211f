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
    public static Guid FirstAt(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(at).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6..].Clear();
        return new(bytes, bigEndian: true);
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
