using System.Buffers;

namespace UserManagement.Scim.Http;

/// <summary>
/// The bytes of an answer, in memory that is lent by the pool: a page of a list would else be garbage of the costly kind, each time anew.
/// </summary>
internal sealed class PooledBytes : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    /// <summary>What was written; good until it is disposed.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Begins anew.</summary>
    public void Clear() => _length = 0;

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    /// <summary>How many bytes to have next: twice as many, or as many as are needed.</summary>
    /// <exception cref="InvalidOperationException">No array holds so many.</exception>
    internal static int Size(int now, int used, int room)
    {
        var needed = (long)used + room;
        return needed > Array.MaxLength
            ? throw new InvalidOperationException("The answer is larger than one message can be.")
            : (int)Math.Min(Array.MaxLength, Math.Max(now * 2L, needed));
    }

    private void Grow(int room)
    {
        if (_bytes.Length - _length >= room)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Size(_bytes.Length, _length, room));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
