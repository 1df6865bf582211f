using System.Net;
using System.Net.Sockets;
using UserManagement.Membership;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>What a provider answered: small, whole, read to its end.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body, at most <see cref="Outbound.MostBytes"/>.</param>
internal sealed record ProviderAnswer(HttpStatusCode Status, byte[] Body);

/// <summary>
/// Requests to providers: through the guard, https, no redirect followed, no cookie, no proxy, within a time and a
/// size. One pool of connections for the installation's providers and one for those of workspaces: a connection that
/// only the first may dial is never used for the second.
/// </summary>
internal sealed class Outbound : IDisposable
{
    /// <summary>The most bytes of a body.</summary>
    public const int MostBytes = 1024 * 1024;

    private readonly OutboundRules _rules;
    private readonly HttpClient _platform;
    private readonly HttpClient _workspaces;

    public Outbound(OutboundRules rules)
    {
        _rules = rules;
        _platform = Client(rules, rules.PlatformNetworks);
        _workspaces = Client(rules, rules.WorkspaceNetworks);
    }

    /// <summary>Whether an address has a scheme that may be dialled for this connection.</summary>
    public bool MayDial(IdentityConnection connection, Uri address) =>
        address.IsAbsoluteUri && address.UserInfo.Length == 0
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && connection.IsPlatform && _rules.PlatformMayUseHttp));

    /// <summary>Sends a request. Refusals: <c>addressNotAllowed</c>, <c>providerUnreachable</c>.</summary>
    public async Task<Outcome<ProviderAnswer>> SendAsync(IdentityConnection connection, HttpRequestMessage request, CancellationToken ct)
    {
        if (request.RequestUri is not { } address || !MayDial(connection, address))
        {
            return NotAllowed();
        }

        try
        {
            request.Headers.Accept.Add(new("application/json"));
            using var response = await (connection.IsPlatform ? _platform : _workspaces).SendAsync(request, ct);
            return new ProviderAnswer(response.StatusCode, await response.Content.ReadAsByteArrayAsync(ct));
        }
        catch (HttpRequestException e) when (e.InnerException is AddressNotAllowedException || (!connection.IsPlatform && e.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery })) // a workspace must not learn which names resolve inside
        {
            return NotAllowed();
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Unreachable(connection);
        }
    }

    /// <summary>Reads a document; anything but 200 counts as away. Refusals as of <see cref="SendAsync"/>.</summary>
    public async Task<Outcome<byte[]>> ReadAsync(IdentityConnection connection, Uri address, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return (await SendAsync(connection, request, ct)).Is(out var answer, out var refusal)
            ? answer.Status == HttpStatusCode.OK ? answer.Body : Unreachable(connection)
            : refusal;
    }

    /// <summary>The provider cannot be reached, or answered nothing of use.</summary>
    public static Refusal Unreachable(IdentityConnection connection) => new(RefusalKind.Unavailable, "providerUnreachable",
        $"{connection.Name} does not answer as it should. Try again in a while.", "authority", TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        _platform.Dispose();
        _workspaces.Dispose();
    }

    private static Refusal NotAllowed() => new(RefusalKind.Invalid, "addressNotAllowed", "This address cannot be dialled from here: nothing public answers to its name, or it is not https.", "authority");

    private static HttpClient Client(OutboundRules rules, IReadOnlyList<IPNetwork> networks) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false, // a proxy would be the one that dials
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = rules.Timeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ConnectCallback = new AddressGuard(networks, rules.Resolve).DialAsync,
    })
    {
        Timeout = rules.Timeout,
        MaxResponseContentBufferSize = MostBytes,
    };
}
