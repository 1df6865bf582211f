using System.Net;
using System.Net.Sockets;

namespace UserManagement.Membership.Access;

/// <summary>Where one caller ends, for whoever counts by address.</summary>
public static class CallerNetwork
{
    /// <summary>
    /// An IPv4 address; of an IPv6 address the /64, which one household or server has to itself (RFC 4291 section 2.5.4), whatever
    /// its zone. <see cref="IPAddress.None"/> where the address is unknown.
    /// </summary>
    public static IPAddress Of(IPAddress? address)
    {
        if (address is null || address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address?.MapToIPv4() ?? IPAddress.None;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new(bytes);
    }
}
