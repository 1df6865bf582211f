using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace UserManagement.Identity.Tests;

public class AddressGuardTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    public void An_address_that_is_not_of_the_public_internet_is_not_dialled(string address) =>
        Assert.False(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void A_public_address_is_dialled(string address) => Assert.True(AddressGuard.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task A_name_is_resolved_once_for_each_dial_and_what_was_checked_is_what_is_dialled()
    {
        // the first answer is public, the next would be inside: nothing asks a second time
        var (asked, inside) = (0, 0);
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var rules = new OutboundRules
        {
            PlatformMayUseHttp = true,
            Timeout = TimeSpan.FromSeconds(1),
            Resolve = (_, _) =>
                Task.FromResult<IPAddress[]>(asked++ == 0 ? [IPAddress.Parse("2001:4860:4860::8888")] : [IPAddress.Loopback]),
        };
        _ = listener.AcceptTcpClientAsync().ContinueWith(_ => inside++, TaskScheduler.Default);
        using var outbound = new Outbound(rules, NullLogger.Instance);
        var address = new Uri($"http://rebinding.example:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        Assert.Equal("providerUnreachable", (await outbound.ReadAsync(Platform(), address, default)).Refusal?.Code);
        Assert.Equal(1, asked);
        Assert.Equal("addressNotAllowed", (await outbound.ReadAsync(Platform(), address, default)).Refusal?.Code);
        Assert.Equal(0, inside);
    }

    [Fact]
    public async Task A_name_with_one_address_inside_is_not_dialled_at_all()
    {
        var rules = new OutboundRules
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.1")]),
        };
        using var outbound = new Outbound(rules, NullLogger.Instance);
        Assert.Equal("addressNotAllowed", (await outbound.ReadAsync(Platform(), new Uri("https://mixed.example/"), default)).Refusal?.Code);
    }

    [Theory]
    [InlineData("http://public.example/")]
    [InlineData("gopher://public.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:password@public.example/")]
    public async Task Another_scheme_than_https_is_not_dialled(string address)
    {
        using var outbound = new Outbound(
            new OutboundRules { Resolve = (_, _) => throw new InvalidOperationException("asked") },
            NullLogger.Instance
        );
        Assert.Equal("addressNotAllowed", (await outbound.ReadAsync(Platform(), new Uri(address), default)).Refusal?.Code);
    }

    private static Membership.Connections.IdentityConnection Platform() =>
        new()
        {
            WorkspaceId = default,
            Id = new(Guid.CreateVersion7()),
            Kind = default,
            Name = "Theirs",
            Authority = "",
            ClientId = "",
            ClientAuthentication = default,
            CredentialSealed = [],
            Enabled = true,
            CreatedAt = default,
            Version = 1,
        };
}
