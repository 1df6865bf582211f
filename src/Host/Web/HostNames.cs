using System.Net;

namespace UserManagement.Host.Web;

/// <summary>
/// Answers only requests that name this server: the public URL's host, or this machine, at an address that one can be at (a port
/// up to 65535, http or https). Others get 400.
/// </summary>
internal sealed class HostNames(Uri publicUrl)
{
    /// <summary>Probes address an instance by whatever it is reachable under, and say nothing about it.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if ((IsOurs(http.Request.Host.Host) && IsAddress(http.Request)) || http.Request.Path.Value is Probes.Live or Probes.Ready)
        {
            return next(http);
        }

        // the answer is written for our own address: the one that was sent may be none, and is not to be repeated
        http.Request.Scheme = publicUrl.Scheme;
        http.Request.Host = HostString.FromUriComponent(publicUrl);
        return Faults.WriteAsync(http, StatusCodes.Status400BadRequest, "This server does not answer to that name.");
    }

    /// <summary>Pages are rendered for the address at which they are; a header, also one of a proxy's, may hold anything.</summary>
    private static bool IsAddress(HttpRequest request) =>
        request.Scheme is "http" or "https"
        && Uri.TryCreate($"{request.Scheme}://{request.Host.Value}/", UriKind.Absolute, out var address)
        && address is { UserInfo: "", AbsolutePath: "/", Query: "", Fragment: "" };

    private bool IsOurs(string host) =>
        host.Equals(publicUrl.Host, StringComparison.OrdinalIgnoreCase)
        || host.Equals(publicUrl.IdnHost, StringComparison.OrdinalIgnoreCase)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
