using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace UserManagement.Testing;

/// <summary>
/// Ports of this machine for servers that must know theirs before they listen. Below the range that the kernel hands out for outgoing
/// connections, of which tests make thousands, and in turn within a stretch of the process's own: nobody takes one between its choice
/// and its use.
/// </summary>
public static class FreePort
{
    private const int First = 10_000;
    private const int Stretch = 400;
    private const int Stretches = 17; // up to where throwaway-postgres.sh begins

    private static int _turn;

    /// <summary>The next one that nobody listens on.</summary>
    public static int Next()
    {
        while (true)
        {
            var turn = (int)((uint)Interlocked.Increment(ref _turn) % Stretch);
            var port = First + Environment.ProcessId % Stretches * Stretch + turn;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // somebody's, who chose it otherwise
            }
        }
    }

    /// <summary>An address with such a port, without a slash at its end.</summary>
    public static string Url() => $"http://localhost:{Next().ToString(CultureInfo.InvariantCulture)}";
}
