using System.Net;

namespace UserManagement.Host.Web;

/// <summary>Answers only requests that name this server: the public URL's host, or this machine. Others get 400.</summary>
internal sealed class HostNames(Uri publicUrl)
{
    /// <summary>Probes address an instance by whatever it is reachable under, and say nothing about it.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (IsOurs(http.Request.Host.Host) || http.Request.Path.Value is Probes.Live or Probes.Ready)
        {
            return next(http);
        }

        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        return http.Response.WriteAsync("This server does not answer to that name.\n");
    }

    private bool IsOurs(string host) =>
        host.Equals(publicUrl.Host, StringComparison.OrdinalIgnoreCase)
        || host.Equals(publicUrl.IdnHost, StringComparison.OrdinalIgnoreCase)
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
