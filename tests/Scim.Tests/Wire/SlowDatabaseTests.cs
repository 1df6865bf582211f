using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Tests.Rig;
using UserManagement.Storage;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Scim.Tests.Wire;

/// <summary>PostgreSQL behind a line that can be cut or made to hang, as a network does it.</summary>
public class SlowDatabaseTests
{
    [Fact]
    public async Task A_database_that_hangs_or_is_away_is_503_within_its_time_and_comes_back_by_itself()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        var target = new NpgsqlConnectionStringBuilder(database.Target.ConnectionString);
        await using var line = new Line(target.Host!, target.Port);
        target.Host = "127.0.0.1";
        target.Port = line.Port;
        target.Timeout = 2;
        target.CancellationTimeout = 500;
        await using var source = MembershipSource.Of(new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = target.ConnectionString, CommandTimeout = TimeSpan.FromSeconds(1) });
        await using var server = await DoorServer.StartAsync(source.Store(TimeProvider.System, new SecretBox(TestDatabase.MasterKey)));
        var (_, token) = await server.WorkspaceAsync("acme");
        Task<Answer> AskAsync(string method, string path, string? body = null) => server.SendAsync(method, path, body, r => r.Headers.Authorization = new("Bearer", token));

        const string user = """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.com"}""";
        Assert.Equal(200, (await AskAsync("GET", "/Users")).Status);
        foreach (var state in (LineState[])[LineState.Hanging, LineState.Cut])
        {
            line.Set(state);
            foreach (var (method, path, body) in (ValueTuple<string, string, string?>[])[("GET", "/Users", null), ("POST", "/Users", user)])
            {
                var watch = Stopwatch.StartNew();
                var answer = await AskAsync(method, path, body);
                Assert.True(answer.Status == 503, $"{state} {method}: {answer.Status} {answer.Text}");
                Assert.NotNull(answer.Header("Retry-After"));
                Assert.Equal("503", answer.Json["status"]!.GetValue<string>());
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"{state} {method}: {watch.Elapsed}");
            }

            line.Set(LineState.Open);
            Answer back;
            for (var tries = 0; (back = await AskAsync("GET", "/Users")).Status == 503 && tries < 10; tries++)
            {
            }

            Assert.Equal(200, back.Status);
        }

        Assert.Equal(201, (await AskAsync("POST", "/Users", user)).Status);
        Assert.Equal(409, (await AskAsync("POST", "/Users", user)).Status); // the same once more, as after a lost answer
    }

    private enum LineState
    {
        Open,
        Hanging,
        Cut,
    }

    private sealed class Line : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _end = new();
        private readonly List<TcpClient> _clients = [];
        private readonly string _host;
        private readonly int _port;
        private volatile LineState _state;

        public Line(string host, int port)
        {
            _host = host;
            _port = port;
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Set(LineState state)
        {
            _state = state;
            if (state == LineState.Hanging)
            {
                return;
            }

            lock (_clients)
            {
                _clients.ForEach(client => client.Dispose());
                _clients.Clear();
            }
        }

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
                    var client = await _listener.AcceptTcpClientAsync(_end.Token);
                    _ = CarryAsync(client);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
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

                await Task.WhenAny(PumpAsync(client.GetStream(), behind), PumpAsync(behind, client.GetStream()));
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

        private async Task PumpAsync(Stream from, Stream to)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                for (int read; (read = await from.ReadAsync(buffer, _end.Token)) > 0;)
                {
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
}
