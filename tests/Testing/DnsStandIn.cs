using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UserManagement.Testing;

/// <summary>
/// A name server on this machine that knows the TXT records it is told of (RFC 1035): other names do not exist, and on demand it answers
/// nothing at all.
/// </summary>
public sealed class DnsStandIn : IAsyncDisposable
{
    private const int HeaderLength = 12;
    private const ushort Txt = 16;
    private readonly UdpClient _udp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ConcurrentDictionary<string, string> _texts = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    /// <summary>Starts it.</summary>
    public DnsStandIn() => _run = RunAsync();

    /// <summary>Where it answers.</summary>
    public IPEndPoint Address => (IPEndPoint)_udp.Client.LocalEndPoint!;

    /// <summary>True: no question is answered.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Sets the text at a name; null takes the name away.</summary>
    public void Set(string name, string? text)
    {
        _texts.TryRemove(name, out _);
        if (text is not null)
        {
            _texts[name] = text;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _udp.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var question = await _udp.ReceiveAsync(_stop.Token);
                if (!IsSilent && Answer(question.Buffer) is { } answer)
                {
                    await _udp.SendAsync(answer, question.RemoteEndPoint, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the test is over
        }
    }

    private byte[]? Answer(byte[] question)
    {
        var (labels, at) = (new List<string>(), HeaderLength);
        while (question[at] is > 0 and var length)
        {
            labels.Add(Encoding.ASCII.GetString(question, at + 1, length));
            at += length + 1;
        }

        var end = at + 5; // the root, type and class
        var isText = BinaryPrimitives.ReadUInt16BigEndian(question.AsSpan(at + 1)) == Txt;
        var text = isText && _texts.TryGetValue(string.Join('.', labels), out var found) ? found : null;
        using var answer = new MemoryStream();
        answer.Write(question, 0, end);
        if (text is not null)
        {
            var parts = text.Chunk(200).Select(c => Encoding.ASCII.GetBytes(c)).ToList(); // longer than one part can be
            answer.Write([0xC0, HeaderLength, 0, (byte)Txt, 0, 1, 0, 0, 0, 60]);
            var data = parts.Sum(p => p.Length + 1);
            answer.Write([(byte)(data >> 8), (byte)data]);
            foreach (var part in parts)
            {
                answer.WriteByte((byte)part.Length);
                answer.Write(part);
            }
        }

        var bytes = answer.ToArray();
        bytes[2] = 0x84; // an answer, with authority
        bytes[3] = (byte)(text is null ? 3 : 0); // the name does not exist, or all is well
        (bytes[6], bytes[7]) = (0, (byte)(text is null ? 0 : 1));
        Array.Clear(bytes, 8, 4);
        return bytes;
    }
}
