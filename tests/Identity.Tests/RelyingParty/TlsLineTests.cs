using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

/// <summary>Writing to a TLS listener of a workspace, a real one.</summary>
public sealed class TlsLineTests
{
    private static readonly OutboundRules Inside = new()
    {
        WorkspaceNetworks = [IPNetwork.Parse("127.0.0.0/8")],
        Timeout = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public async Task Everything_is_read_by_a_listener_whose_authority_is_named_before_it_counts_as_sent()
    {
        using var certificate = new MailCertificate();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(n => $"{n} "));
        var reads = ReadAsync(listener, certificate);
        var sent = await new TlsLine(Inside).WriteAsync("127.0.0.1", port, certificate.AuthorityPem, Encoding.UTF8.GetBytes(text), default);
        Assert.Null(sent.Refusal);
        Assert.Equal(text, await reads);
    }

    [Fact]
    public async Task Nothing_is_written_to_whom_nobody_vouches_for_who_speaks_no_tls_or_who_is_inside()
    {
        using var certificate = new MailCertificate();
        using var other = new MailCertificate();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        foreach (var authorities in (string?[])[null, other.AuthorityPem])
        {
            var reads = ReadAsync(listener, certificate);
            var refused = await new TlsLine(Inside).WriteAsync("127.0.0.1", port, authorities, "secret"u8.ToArray(), default);
            Assert.Equal("unreachable", refused.Refusal!.Code);
            Assert.Equal("", await reads);
        }

        Assert.Equal(
            "addressNotAllowed",
            (await new TlsLine(new()).WriteAsync("127.0.0.1", port, null, "x"u8.ToArray(), default)).Refusal!.Code
        );
        Assert.Equal(
            "addressNotAllowed",
            (await new TlsLine(Inside).WriteAsync("nowhere.invalid", port, null, "x"u8.ToArray(), default)).Refusal!.Code
        );
        listener.Stop();
        Assert.Equal(
            "unreachable",
            (await new TlsLine(Inside).WriteAsync("127.0.0.1", port, null, "x"u8.ToArray(), default)).Refusal!.Code
        );
    }

    private static async Task<string> ReadAsync(TcpListener listener, MailCertificate certificate)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate.Server);
            using var reader = new StreamReader(tls, Encoding.UTF8);
            return await reader.ReadToEndAsync();
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return "";
        }
    }
}
