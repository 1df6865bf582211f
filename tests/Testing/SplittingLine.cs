using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using UserManagement.Storage;

namespace UserManagement.Testing;

/// <summary>
/// A line to a PostgreSQL server that takes pipelines apart, as a distributed PostgreSQL does: each statement ends with a Sync of its own,
/// so it is committed by itself unless the client said BEGIN. After one that fails the rest of the pipeline is passed over. The
/// line can be told to break behind the next so many statements.
/// </summary>
public sealed class SplittingLine : IAsyncDisposable
{
    private static readonly byte[] Sync = [(byte)'S', 0, 0, 0, 4];
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly string _host;
    private readonly int _port;
    private int _left = -1;
    private int _carried;

    /// <summary>A line to a test's database.</summary>
    public SplittingLine(TestDatabase database)
    {
        _target = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        (_host, _port) = (_target.Host!, _target.Port);
        _listener.Start();
        _target.Host = "127.0.0.1";
        _target.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        (_target.SslMode, _target.GssEncryptionMode) = (SslMode.Disable, GssEncryptionMode.Disable);
        _ = AcceptAsync();
    }

    /// <summary>How many statements of pipelines it carried so far.</summary>
    public int Carried => Volatile.Read(ref _carried);

    /// <summary>The product's own source over this line; the caller disposes.</summary>
    public MembershipSource NewSource() =>
        MembershipSource.Of(
            new StorageSettings
            {
                Provider = StorageProvider.Postgres,
                ConnectionString = _target.ConnectionString,
                CommandTimeout = DatabaseSchema.Patience,
            }
        );

    /// <summary>Cuts the session that carries it once this many more statements were answered by the server; it breaks once.</summary>
    public void BreakBehind(int statements) => Volatile.Write(ref _left, statements);

    /// <summary>Breaks no more; false where it has broken.</summary>
    public bool Mend() => Interlocked.Exchange(ref _left, -1) > 0;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var _ = client;
        using var socket = _host.StartsWith('/')
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await (
                _host.StartsWith('/')
                    ? socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_host}/.s.PGSQL.{_port}"))
                    : socket.ConnectAsync(_host, _port)
            );
            client.NoDelay = true;
            var (front, back) = (new Side(client.GetStream()), new Side(new NetworkStream(socket)));
            await StartAsync(front, back);
            while (await QuestionAsync(front, back)) { }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // cut
        }
    }

    private async Task StartAsync(Side front, Side back)
    {
        var length = new byte[4];
        await front.In.ReadExactlyAsync(length, _end.Token);
        var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await front.In.ReadExactlyAsync(rest, _end.Token);
        await back.Out.WriteAsync(length, _end.Token);
        await back.Out.WriteAsync(rest, _end.Token);
        await AnswersAsync(front, back, keepsReady: true);
    }

    /// <summary>One pipeline, up to its Sync; false at the end of the session.</summary>
    private async Task<bool> QuestionAsync(Side front, Side back)
    {
        while (true)
        {
            var (type, message) = await MessageAsync(front);
            await back.Out.WriteAsync(message, _end.Token);
            switch (type)
            {
                case 'X':
                    await back.Out.FlushAsync(_end.Token);
                    return false;
                case 'S' or 'Q' or 'p':
                    await AnswersAsync(front, back, keepsReady: true);
                    return true;
                case 'E':
                    await back.Out.WriteAsync(Sync, _end.Token);
                    var failed = await AnswersAsync(front, back, keepsReady: false);
                    Interlocked.Increment(ref _carried);
                    if (Volatile.Read(ref _left) > 0 && Interlocked.Decrement(ref _left) == 0)
                    {
                        throw new IOException("broken as told");
                    }

                    if (failed)
                    {
                        while ((await MessageAsync(front)).Type != 'S') { }
                        await back.Out.WriteAsync(Sync, _end.Token);
                        await AnswersAsync(front, back, keepsReady: true);
                        return true;
                    }

                    break;
            }
        }
    }

    /// <summary>Carries answers until the server is ready, or asks for a password; true where one was an error.</summary>
    private async Task<bool> AnswersAsync(Side front, Side back, bool keepsReady)
    {
        await back.Out.FlushAsync(_end.Token);
        for (var failed = false; ; )
        {
            var (type, message) = await MessageAsync(back);
            failed |= type == 'E';
            if (type != 'Z' || keepsReady)
            {
                await front.Out.WriteAsync(message, _end.Token);
            }

            if (type == 'Z' || (type == 'R' && BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(5)) is not (0 or 12)))
            {
                await front.Out.FlushAsync(_end.Token);
                return failed;
            }
        }
    }

    private async Task<(char Type, byte[] Message)> MessageAsync(Side from)
    {
        var head = new byte[5];
        await from.In.ReadExactlyAsync(head, _end.Token);
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) + 1];
        head.CopyTo(message, 0);
        await from.In.ReadExactlyAsync(message.AsMemory(5), _end.Token);
        return ((char)head[0], message);
    }

    private sealed class Side(Stream stream)
    {
        public BufferedStream In { get; } = new(stream);

        public BufferedStream Out { get; } = new(stream);
    }
}
