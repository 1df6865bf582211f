using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using UserManagement.Ui.Requests;

namespace UserManagement.Ui;

/// <summary>What is the same for every request, to whichever door it goes.</summary>
public static class UiRequests
{
    private static readonly object HeadKey = new();

    /// <summary>
    /// Reads requests as they are meant, before they are routed. HEAD is GET whose body the server does not send (RFC 9110
    /// section 9.3.2), so that it works wherever GET does. Empty segments of a path say nothing: a base URL may have been
    /// pasted with a slash at its end. A plus is what <see cref="PlusSign"/> says. A compressed JSON body is unpacked while
    /// it is read (<see cref="UnpackedBody"/>). Comes before <c>UseRouting()</c>.
    /// </summary>
    public static IApplicationBuilder UseUiRequests(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                var request = http.Request;
                if (HttpMethods.IsHead(request.Method))
                {
                    http.Items[HeadKey] = true;
                    request.Method = HttpMethods.Get;
                }

                if (request.Path.Value?.Contains("//", StringComparison.Ordinal) is true)
                {
                    request.Path = Narrowed(request.Path.Value);
                }

                if (request.QueryString.Value is { } query && PlusSign.Read(query) is var meant && !ReferenceEquals(meant, query))
                {
                    request.QueryString = new(meant);
                }

                UnpackedBody.Open(request);
                return next(http);
            }
        );

    /// <summary>
    /// Whether the client asked for the headers alone: what a GET would use up, such as a one-time answer of a provider, stays then.
    /// </summary>
    public static bool IsHead(this HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Items.ContainsKey(HeadKey);
    }

    private static string Narrowed(string path) =>
        "/"
        + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        + (path.EndsWith('/') && path.Trim('/').Length > 0 ? "/" : "");
}
