using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;
using UserManagement.Storage;

namespace UserManagement.Testing;

/// <summary>What a <see cref="DatabaseLine"/> does with what is sent.</summary>
public enum LineState
{
    /// <summary>It carries.</summary>
    Open,

    /// <summary>It accepts and says nothing.</summary>
    Hanging,

    /// <summary>It is cut, and takes nobody on.</summary>
    Cut,
}

/// <summary>The line to a PostgreSQL server, which a test cuts or makes to hang, as a network does it.</summary>
public sealed class DatabaseLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpClient> _clients = [];
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly string _host;
    private readonly int _port;
    private volatile LineState _state;
    private volatile byte[]? _hangAt;

    /// <summary>A line to a test's database.</summary>
    public DatabaseLine(TestDatabase database)
    {
        _target = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        (_host, _port) = (_target.Host!, _target.Port);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The product's own source over this line; the caller disposes.</summary>
    /// <param name="commandTimeout">After how long a statement is given up.</param>
    public MembershipSource NewSource(TimeSpan commandTimeout)
    {
        _target.Host = "127.0.0.1";
        _target.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _target.Timeout = 2;
        _target.CancellationTimeout = 500;
        return MembershipSource.Of(
            new StorageSettings
            {
                Provider = StorageProvider.Postgres,
                ConnectionString = _target.ConnectionString,
                CommandTimeout = commandTimeout,
            }
        );
    }

    /// <summary>Changes what it does. What hung before is cut.</summary>
    public void Set(LineState state)
    {
        _hangAt = null;
        _state = state;
        if (state != LineState.Hanging)
        {
            lock (_clients)
            {
                _clients.ForEach(client => client.Dispose());
                _clients.Clear();
            }
        }
    }

    /// <summary>Begins to hang as soon as this text is sent to the server.</summary>
    public void HangAt(string text) => _hangAt = Encoding.UTF8.GetBytes(text);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _end.Cancel();
        _listener.Stop();
        Set(LineState.Cut);
        _end.Dispose();
        return ValueTask.CompletedTask;
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
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // the test is over
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        if (_state == LineState.Cut)
        {
            client.Dispose();
            return;
        }

        Stream? behind = null;
        try
        {
            if (_host.StartsWith('/'))
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_host}/.s.PGSQL.{_port}"));
                behind = new NetworkStream(socket, ownsSocket: true);
            }
            else
            {
                var tcp = new TcpClient();
                await tcp.ConnectAsync(_host, _port);
                behind = tcp.GetStream();
                lock (_clients)
                {
                    _clients.Add(tcp);
                }
            }

            lock (_clients)
            {
                _clients.Add(client);
            }

            await Task.WhenAny(
                PumpAsync(client.GetStream(), behind, isQuestion: true),
                PumpAsync(behind, client.GetStream(), isQuestion: false)
            );
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // cut
        }
        finally
        {
            client.Dispose();
            behind?.Dispose();
        }
    }

    private async Task PumpAsync(Stream from, Stream to, bool isQuestion)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, _end.Token)) > 0)
            {
                if (isQuestion && _hangAt is { } text && buffer.AsSpan(0, read).IndexOf(text) >= 0)
                {
                    _state = LineState.Hanging;
                }

                while (_state == LineState.Hanging)
                {
                    await Task.Delay(10, _end.Token);
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // cut
        }
    }
}
