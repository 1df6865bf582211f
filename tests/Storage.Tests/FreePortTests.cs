using System.Net;
using System.Net.Sockets;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

/// <summary>Ports for tests, of which several processes run at once.</summary>
public sealed class FreePortTests
{
    [Fact]
    public void Another_process_cannot_claim_the_stretch_that_this_one_takes_from()
    {
        var ports = Enumerable.Range(0, 500).Select(_ => FreePort.Next()).ToList();
        var first = ports[0] - ports[0] % 400;
        Assert.All(ports, port => Assert.InRange(port, first + 1, first + 399));
        using var another = new TcpListener(IPAddress.Loopback, first);
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(another.Start).SocketErrorCode);
    }
}
