using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace UserManagement.Testing;

/// <summary>
/// Ports of this machine for servers that must know theirs before they listen. Below the range that the kernel hands out for outgoing
/// connections, of which tests make thousands, and in turn within a stretch of the process's own, claimed by listening at its first for as
/// long as the process lives: nobody takes one between its choice and its use.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int Stretch = 400;
    private const int Stretches = 17; // up to where throwaway-postgres.sh begins

    private static readonly TcpListener Claim = Claimed();
    private static int _turn;

    /// <summary>The next one that nobody listens on.</summary>
    public static int Next()
    {
        while (true)
        {
            var turn = 1 + (int)((uint)Interlocked.Increment(ref _turn) % (Stretch - 1));
            using var listener = Listening(((IPEndPoint)Claim.LocalEndpoint).Port + turn);
            if (listener is not null)
            {
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
        }
    }

    /// <summary>An address with such a port, without a slash at its end.</summary>
    public static string Url() => $"http://localhost:{Next().ToString(CultureInfo.InvariantCulture)}";

    private static TcpListener Claimed() =>
        Enumerable
            .Range(Environment.ProcessId, Stretches)
            .Select(stretch => Listening(First + stretch % Stretches * Stretch))
            .FirstOrDefault(listener => listener is not null)
        ?? throw new InvalidOperationException($"{Stretches} processes have the ports from {First} on; end one of them.");

    /// <returns>Null where somebody else listens.</returns>
    private static TcpListener? Listening(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            listener.Dispose();
            return null;
        }
    }
}
