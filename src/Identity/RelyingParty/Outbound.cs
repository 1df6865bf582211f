using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using UserManagement.Membership;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Identity;

/// <summary>What a provider answered: small, whole, read to its end.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body, at most <see cref="Outbound.MostBytes"/>.</param>
/// <param name="MediaType">What the body is said to be; null where nothing is said.</param>
/// <param name="MovedTo">Where a redirect points; null when it is none.</param>
internal sealed record ProviderAnswer(HttpStatusCode Status, byte[] Body, string? MediaType = null, Uri? MovedTo = null);

/// <summary>
/// Requests to providers: through the guard, https, no redirect followed, no cookie, no proxy, within a time and a
/// size. One pool of connections for the installation's providers and one for those of workspaces: a connection that
/// only the first may dial is never used for the second. A connection carries one request: some servers close it without
/// saying so, and what is lost on a connection used again would be a code that cannot be sent twice.
/// </summary>
internal sealed class Outbound : IDisposable
{
    /// <summary>The most bytes of a body.</summary>
    public const int MostBytes = 1024 * 1024;

    private const int MostBeginning = 2000;

    private readonly OutboundRules _rules;
    private readonly ILogger _log;
    private readonly HttpClient _platform;
    private readonly HttpClient _workspaces;

    public Outbound(OutboundRules rules, ILogger log)
    {
        (_rules, _log) = (rules, log);
        _platform = Client(rules, rules.PlatformNetworks);
        _workspaces = Client(rules, rules.WorkspaceNetworks);
    }

    /// <summary>Whether an address has a scheme that may be dialled for this connection.</summary>
    public bool MayDial(IdentityConnection connection, Uri address) =>
        address.IsAbsoluteUri
        && address.UserInfo.Length == 0
        && (
            address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp && connection.IsPlatform && _rules.PlatformMayUseHttp)
        );

    /// <summary>Sends a request. Refusals: <c>addressNotAllowed</c>, <c>providerUnreachable</c>.</summary>
    public async Task<Outcome<ProviderAnswer>> SendAsync(IdentityConnection connection, HttpRequestMessage request, CancellationToken ct)
    {
        if (request.RequestUri is not { } address || !MayDial(connection, address))
        {
            return NotAllowed();
        }

        try
        {
            using var response = await (connection.IsPlatform ? _platform : _workspaces).SendAsync(request, ct);
            var moved = (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 ? response.Headers.Location : null;
            return new ProviderAnswer(
                response.StatusCode,
                await response.Content.ReadAsByteArrayAsync(ct),
                response.Content.Headers.ContentType?.MediaType,
                moved
            );
        }
        catch (HttpRequestException e) when (e.InnerException is AddressNotAllowedException || (!connection.IsPlatform && IsUnknownName(e)))
        {
            // a workspace must not learn which names resolve inside
            return NotAllowed();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Away(connection, address, "took too long");
        }
        catch (HttpRequestException e)
        {
            return Away(connection, address, $"failed: {e.HttpRequestError}, {(e.InnerException ?? e).GetType().Name}");
        }
        catch (IOException e)
        {
            return Away(connection, address, $"failed: {e.GetType().Name}");
        }
    }

    /// <summary>
    /// Posts a form to an app of the installation or of a workspace; the answer's body is of no interest. Refusals:
    /// <c>addressNotAllowed</c>, <c>appUnreachable</c>.
    /// </summary>
    public async Task<Outcome<int>> PostAsync(bool isPlatform, Uri address, IReadOnlyDictionary<string, string> form, CancellationToken ct)
    {
        if (
            !address.IsAbsoluteUri
            || address.UserInfo.Length > 0
            || (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && isPlatform && _rules.PlatformMayUseHttp))
        )
        {
            return NotAllowed();
        }

        try
        {
            using var content = new FormUrlEncodedContent(form);
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            using var response = await (isPlatform ? _platform : _workspaces).SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                ct
            );
            return (int)response.StatusCode;
        }
        catch (HttpRequestException e) when (e.InnerException is AddressNotAllowedException)
        {
            return NotAllowed();
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new Refusal(RefusalKind.Unavailable, "appUnreachable", "The app does not answer.");
        }
    }

    /// <summary>
    /// Posts an event to an endpoint of a workspace; of the answer's body the beginning is read. Refusals: <c>addressNotAllowed</c>,
    /// <c>unreachable</c>.
    /// </summary>
    public async Task<Outcome<WebhookAnswer>> PostAsync(WebhookRequest to, CancellationToken ct)
    {
        if (
            !to.Address.IsAbsoluteUri
            || to.Address.UserInfo.Length > 0
            || (to.Address.Scheme != Uri.UriSchemeHttps && !(to.Address.Scheme == Uri.UriSchemeHttp && _rules.WebhooksMayUseHttp))
        )
        {
            return NotAllowed("url");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_rules.Timeout); // of the body too
        try
        {
            using var content = new ByteArrayContent(to.Body);
            content.Headers.ContentType = new(to.MediaType);
            using var request = new HttpRequestMessage(HttpMethod.Post, to.Address) { Content = content };
            request.Headers.UserAgent.ParseAdd("UserManagement-Webhooks/1");
            foreach (var (name, value) in to.Headers)
            {
                request.Headers.Add(name, value);
            }

            using var response = await _workspaces.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return new WebhookAnswer((int)response.StatusCode, await BeginningAsync(response, limit.Token));
        }
        catch (HttpRequestException e) when (e.InnerException is AddressNotAllowedException || IsUnknownName(e))
        {
            return NotAllowed("url"); // a workspace must not learn which names resolve inside
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Unreachable($"The endpoint did not answer within {_rules.Timeout.TotalSeconds:0} seconds.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Unreachable(
                e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                    ? "The endpoint's certificate is not trusted, or it speaks no TLS."
                    : "The endpoint cannot be reached."
            );
        }

        static Refusal Unreachable(string why) => new(RefusalKind.Unavailable, "unreachable", why);
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var bytes = new byte[MostBeginning];
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        try
        {
            var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, ct);
            return Encoding.UTF8.GetString(bytes, 0, read).Replace('\0', ' ');
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return ""; // the status is what counts
        }
    }

    private static bool IsUnknownName(HttpRequestException e) =>
        e.InnerException
            is SocketException
            {
                SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery
            };

    /// <summary>Asks for a document. Refusals as of <see cref="SendAsync"/>.</summary>
    public async Task<Outcome<ProviderAnswer>> GetAsync(IdentityConnection connection, Uri address, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new("application/json"));
        return await SendAsync(connection, request, ct);
    }

    /// <summary>Reads a document; anything but 200 counts as away. Refusals as of <see cref="SendAsync"/>.</summary>
    public async Task<Outcome<byte[]>> ReadAsync(IdentityConnection connection, Uri address, CancellationToken ct) =>
        (await GetAsync(connection, address, ct)).Is(out var answer, out var refusal)
            ? answer.Status == HttpStatusCode.OK
                ? answer.Body
                : Away(connection, address, $"answered {(int)answer.Status}")
            : refusal;

    /// <summary>
    /// The provider cannot be reached, or answered nothing of use: with a line in the log that says of which kind the failure is.
    /// </summary>
    public Refusal Away(IdentityConnection connection, Uri address, string kind)
    {
        _log.LogWarning("A request to {Host} for connection {Connection} {Kind}", address.Authority, connection.Id, kind);
        return Unreachable(connection);
    }

    /// <summary>The provider cannot be reached, or answered nothing of use.</summary>
    public static Refusal Unreachable(IdentityConnection connection) =>
        new(
            RefusalKind.Unavailable,
            "providerUnreachable",
            $"{connection.Name} does not answer as it should. Try again in a while.",
            "authority",
            TimeSpan.FromSeconds(30)
        );

    public void Dispose()
    {
        _platform.Dispose();
        _workspaces.Dispose();
    }

    private static Refusal NotAllowed(string field = "authority") =>
        new(
            RefusalKind.Invalid,
            "addressNotAllowed",
            "This address cannot be dialled from here: nothing public answers to its name, or it is not https.",
            field
        );

    private static HttpClient Client(OutboundRules rules, IReadOnlyList<IPNetwork> networks) =>
        new(
            new LostConnections(
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseCookies = false,
                    UseProxy = false, // a proxy would be the one that dials
                    AutomaticDecompression = DecompressionMethods.None,
                    ConnectTimeout = rules.Timeout,
                    PooledConnectionLifetime = TimeSpan.Zero,
                    ConnectCallback = new AddressGuard(networks, rules.Resolve).DialAsync,
                }
            )
        )
        {
            Timeout = rules.Timeout,
            MaxResponseContentBufferSize = MostBytes,
        };
}
