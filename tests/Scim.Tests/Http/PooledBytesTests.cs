using UserManagement.Scim.Http;
using Xunit;

namespace UserManagement.Scim.Tests.Http;

public class PooledBytesTests
{
    [Fact]
    public void It_grows_to_what_an_array_holds_and_then_says_so()
    {
        Assert.Equal(8192, PooledBytes.Size(4096, 4000, 256));
        Assert.Equal(70_000, PooledBytes.Size(4096, 4000, 66_000));
        Assert.Equal(Array.MaxLength, PooledBytes.Size(1 << 30, 1 << 30, 256));
        Assert.Equal(Array.MaxLength, PooledBytes.Size(1 << 30, Array.MaxLength - 256, 256));
        Assert.Throws<InvalidOperationException>(() => PooledBytes.Size(Array.MaxLength, Array.MaxLength - 255, 256));
    }

    [Fact]
    public void What_was_written_is_there_after_it_has_grown()
    {
        using var bytes = new PooledBytes();
        for (var i = 0; i < 100_000; i++)
        {
            bytes.GetSpan(1)[0] = (byte)i;
            bytes.Advance(1);
        }

        Assert.Equal(100_000, bytes.Written.Length);
        Assert.Equal((byte)(99_999 % 256), bytes.Written.Span[99_999]);
    }
}
