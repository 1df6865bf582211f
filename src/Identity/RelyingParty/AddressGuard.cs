using System.Net;
using System.Net.Sockets;

namespace UserManagement.Identity;

/// <summary>An address that may not be dialled: inside the operator's network, or no unicast address at all.</summary>
internal sealed class AddressNotAllowedException(string host) : IOException($"The address of {host} is not a public one.");

/// <summary>
/// Dials for the relying party. The name is resolved here, once, and what is checked is what is dialled, so that neither
/// an odd spelling of an address nor a name that changes its mind (DNS rebinding) leads inside.
/// </summary>
internal sealed class AddressGuard(IReadOnlyList<IPNetwork> allowed, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    // Special-purpose registries of IANA: this network, private, shared (CGNAT), loopback, link-local, protocol
    // assignments, documentation, 6to4 relay, benchmarking, multicast, reserved and broadcast.
    private static readonly IPNetwork[] NotPublic =
    [
        .. Networks("0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24"),
        .. Networks("192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"),
        // within global unicast: Teredo and other protocol assignments, documentation, 6to4, documentation again
        .. Networks("2001::/23 2001:db8::/32 2002::/16 3fff::/20"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Whether the address is one of the public internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (plain.AddressFamily == AddressFamily.InterNetwork || GlobalUnicast.Contains(plain))
            && !Array.Exists(NotPublic, n => n.Contains(plain));
    }

    /// <summary>Whether this guard lets it be dialled.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IsPublic(plain) || allowed.Any(n => n.Contains(plain));
    }

    /// <summary>Resolves, checks and connects; all addresses of the name must be allowed.</summary>
    /// <exception cref="AddressNotAllowedException">One is not.</exception>
    public ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken ct) =>
        DialAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct);

    /// <summary>The same for what is no HTTP.</summary>
    /// <exception cref="AddressNotAllowedException">One is not.</exception>
    public async ValueTask<Stream> DialAsync(string host, int port, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, ct);
        if (addresses.Length == 0 || !Array.TrueForAll(addresses, Allows))
        {
            throw new AddressNotAllowedException(host);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IEnumerable<IPNetwork> Networks(string list) => list.Split(' ').Select(n => IPNetwork.Parse(n));
}
