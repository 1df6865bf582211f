using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace UserManagement.Ui;

/// <summary>The response headers that every page, error and asset carries.</summary>
public static class UiHeaders
{
    /// <summary>
    /// The policy for pages: everything from this origin, no inline script, no inline style. <c>form-action 'self'</c> also
    /// stops a form whose answer redirects to another site, so outside sign-in starts from a link, not from a form.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    private const string NotStored = "no-cache, no-store";

    private const string PermissionsPolicy =
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), geolocation=(), gyroscope=(), "
        + "magnetometer=(), microphone=(), midi=(), payment=(), usb=(), xr-spatial-tracking=()";

    /// <summary>
    /// Adds the headers as the response starts, so that error pages made further in carry them too. A header that an
    /// endpoint has set itself stays. HTML is never stored. With <c>no-referrer</c> browsers send <c>Origin: null</c> on
    /// form posts of this very site: check <c>Sec-Fetch-Site</c> or the antiforgery token, never Origin, for pages.
    /// Strict-Transport-Security goes out on https only.
    /// </summary>
    public static IApplicationBuilder UseUiHeaders(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                http.Response.OnStarting(
                    static state =>
                    {
                        Add((HttpContext)state);
                        return Task.CompletedTask;
                    },
                    http
                );
                return next(http);
            }
        );

    /// <summary>
    /// Says that nobody stores the answer, in the words in which antiforgery says it where it gives a browser its cookie: it warns
    /// of others at every page.
    /// </summary>
    public static void Store(HttpContext http)
    {
        http.Response.Headers.CacheControl = NotStored;
        http.Response.Headers.Pragma = "no-cache";
    }

    private static void Add(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.TryAdd("Content-Security-Policy", ContentSecurityPolicy);
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("X-Frame-Options", "DENY");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", PermissionsPolicy);
        if (http.Request.IsHttps)
        {
            headers.TryAdd("Strict-Transport-Security", "max-age=31536000");
        }

        if (http.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) is true)
        {
            headers.CacheControl = "no-store";
        }
    }
}
