using System.Net.Sockets;

namespace UserManagement.Identity;

/// <summary>
/// Tells of a connection that the other side ended while it was made as of any other that failed. The runtime (.NET 10) asks the socket
/// for its peer right after the dialling, outside of what it turns into <see cref="HttpRequestException"/>: without this a bare
/// <see cref="SocketException"/> comes out of <see cref="HttpClient"/>, for which no caller is prepared.
/// </summary>
internal sealed class LostConnections(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    /// <exception cref="HttpRequestException">The connection was lost, beside all that the inner handler tells of.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (SocketException fault)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The connection was lost as it was made.", fault);
        }
    }
}
