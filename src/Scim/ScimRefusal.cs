using Microsoft.AspNetCore.Http;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;

namespace UserManagement.Scim;

/// <summary>
/// An error message of the protocol for a request that the server refuses before it reaches the door (RFC 7644 section 3.12).
/// </summary>
public static class ScimRefusal
{
    /// <summary>Whether the request is the door's.</summary>
    public static bool Concerns(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Path.StartsWithSegments(ScimOptions.Root, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Sends it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">A sentence without anything of the inside.</param>
    public static Task WriteAsync(HttpContext http, int status, string detail)
    {
        ArgumentNullException.ThrowIfNull(http);
        return ScimAnswer.Of(new ScimError(status, null, detail)).SendAsync(http.Response, http.RequestAborted);
    }
}
