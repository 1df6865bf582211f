using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using UserManagement.Membership;

namespace UserManagement.Identity;

/// <summary>
/// Writes to a TLS listener that a workspace named: through the guard, TLS 1.2 or later, the certificate checked against the host's name.
/// The line is closed as RFC 5425 section 4.4 says (<c>close_notify</c>), and then the receiver is waited for: what it closes after that it
/// has read. One that never closes is believed after a while, for syslog knows no other answer.
/// </summary>
internal sealed class TlsLine(OutboundRules rules)
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);
    private readonly AddressGuard _guard = new(rules.WorkspaceNetworks, rules.Resolve);

    /// <summary>Writes. Refusals: <c>addressNotAllowed</c>, <c>unreachable</c>.</summary>
    /// <param name="host">The receiver's name.</param>
    /// <param name="port">Its port.</param>
    /// <param name="authorities">Certificate authorities as PEM that alone are believed; null for the machine's.</param>
    /// <param name="bytes">What is written.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<Outcome<Nothing>> WriteAsync(
        string host,
        int port,
        string? authorities,
        ReadOnlyMemory<byte> bytes,
        CancellationToken ct
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(rules.Timeout + Farewell + Farewell);
        try
        {
            await using var line = await _guard.DialAsync(host, port, limit.Token);
            await using var tls = new SslStream(line, leaveInnerStreamOpen: false);
            await tls.AuthenticateAsClientAsync(Options(host, authorities), limit.Token);
            await tls.WriteAsync(bytes, limit.Token);
            await tls.FlushAsync(limit.Token);
            await tls.ShutdownAsync();
            await WaitForCloseAsync(tls, limit.Token);
            return default(Nothing);
        }
        catch (AddressNotAllowedException)
        {
            return NotAllowed();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
        {
            return NotAllowed(); // a workspace must not learn which names resolve inside
        }
        catch (AuthenticationException)
        {
            return Unreachable("The receiver's certificate is not trusted, or it speaks no TLS.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Unreachable("The receiver did not answer in time.");
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return Unreachable("The receiver cannot be reached, or broke the line off.");
        }
    }

    private static async Task WaitForCloseAsync(SslStream tls, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Farewell);
        var nothing = new byte[256];
        try
        {
            while (await tls.ReadAsync(nothing, patience.Token) > 0) { }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // it keeps its side open
        }
    }

    private static SslClientAuthenticationOptions Options(string host, string? authorities)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPem(authorities);
        }

        return options;
    }

    private static Refusal NotAllowed() =>
        new(
            RefusalKind.Invalid,
            "addressNotAllowed",
            "This address cannot be dialled from here: nothing public answers to its name.",
            "address"
        );

    private static Refusal Unreachable(string why) => new(RefusalKind.Unavailable, "unreachable", why);
}
