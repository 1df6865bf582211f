using System.Net;
using System.Net.Sockets;
using Xunit;

namespace UserManagement.Identity.Tests;

public sealed class LostConnectionsTests
{
    [Fact]
    public async Task A_connection_that_the_other_side_ends_as_it_is_made_fails_like_any_other()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var bare = new HttpClient(Dialling(server));
        using var ours = new HttpClient(new LostConnections(Dialling(server)));
        var address = new Uri("http://provider.example/");
        // what the runtime does by itself: once this changes, LostConnections has nothing to do
        await Assert.ThrowsAsync<SocketException>(() => bare.GetAsync(address, TestContext.Current.CancellationToken));
        var told = await Assert.ThrowsAsync<HttpRequestException>(() => ours.GetAsync(address, TestContext.Current.CancellationToken));
        Assert.Equal(HttpRequestError.ConnectionError, told.HttpRequestError);
        Assert.IsType<SocketException>(told.InnerException);
    }

    /// <summary>Dials a server that resets each connection, and hands the connection over once that has come.</summary>
    private static SocketsHttpHandler Dialling(TcpListener server) =>
        new()
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(server.LocalEndpoint, ct);
                using (var accepted = await server.AcceptSocketAsync(ct))
                {
                    accepted.LingerState = new LingerOption(enable: true, seconds: 0); // its end is a reset
                }

                Assert.True(socket.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead));
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
}
