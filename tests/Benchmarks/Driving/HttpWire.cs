using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace UserManagement.Benchmarks.Driving;

/// <summary>
/// One kept connection that sends ready bytes and reads an answer: the driver must cost little, since it shares the
/// machine with what it measures. Knows Content-Length and chunks, nothing more of HTTP/1.1.
/// </summary>
internal sealed class HttpWire : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[64 * 1024];
    private int _filled;

    private HttpWire(Socket socket) => _socket = socket;

    public static async Task<HttpWire> OpenAsync(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(url.Host), url.Port));
        return new(socket);
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <returns>The status, and the answer's body; the memory is good until the next request.</returns>
    public async Task<(int Status, ReadOnlyMemory<byte> Body)> SendAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        _filled = 0;
        var head = await FindAsync("\r\n\r\n"u8.ToArray(), 0) + 4;
        var status = Number(_buffer.AsSpan(9, 3));
        var length = Length(_buffer.AsSpan(0, head));
        if (length >= 0)
        {
            await FillAsync(head + length);
            return (status, _buffer.AsMemory(head, length));
        }

        return (status, await ChunksAsync(head));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // the length of the body; -1 when it comes in chunks
    private static int Length(ReadOnlySpan<byte> head)
    {
        for (var rest = head; rest.IndexOf("\r\n"u8) is >= 0 and var end; rest = rest[(end + 2)..])
        {
            var line = rest[..end];
            if (line.Length > 15 && System.Text.Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8))
            {
                return Number(line[15..].Trim((byte)' '));
            }

            if (line.Length > 18 && System.Text.Ascii.EqualsIgnoreCase(line[..18], "transfer-encoding:"u8))
            {
                return -1;
            }
        }

        return 0;
    }

    private static int Number(ReadOnlySpan<byte> text, char format = 'D') =>
        Utf8Parser.TryParse(text, out int number, out _, format) ? number : throw new IOException("The answer is no HTTP/1.1.");

    private async Task<ReadOnlyMemory<byte>> ChunksAsync(int at)
    {
        var body = new MemoryStream();
        while (true)
        {
            var line = await FindAsync("\r\n"u8.ToArray(), at);
            var size = Number(_buffer.AsSpan(at, line - at), 'x');
            await FillAsync(line + 2 + size + 2);
            body.Write(_buffer, line + 2, size);
            at = line + 2 + size + 2;
            if (size == 0)
            {
                return body.ToArray();
            }
        }
    }

    private async Task<int> FindAsync(byte[] what, int from)
    {
        while (true)
        {
            if (_buffer.AsSpan(from, _filled - from).IndexOf(what) is >= 0 and var at)
            {
                return from + at;
            }

            await MoreAsync();
        }
    }

    private async Task FillAsync(int wanted)
    {
        while (_filled < wanted)
        {
            await MoreAsync();
        }
    }

    private async Task MoreAsync()
    {
        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
        _filled += read > 0 ? read : throw new IOException("The server closed the connection.");
    }
}
