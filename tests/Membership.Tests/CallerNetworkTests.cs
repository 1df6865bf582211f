using System.Net;
using UserManagement.Membership.Access;
using Xunit;

namespace UserManagement.Membership.Tests;

public sealed class CallerNetworkTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("fe80::1%7", "fe80::")]
    [InlineData(null, "255.255.255.255")]
    public void One_caller_is_an_address_or_the_64_bits_that_name_a_network(string? address, string network) =>
        Assert.Equal(IPAddress.Parse(network), CallerNetwork.Of(address is null ? null : IPAddress.Parse(address)));
}
