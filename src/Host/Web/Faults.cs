using Microsoft.AspNetCore.Http.HttpResults;
using UserManagement.Scim;
using UserManagement.Storage;
using UserManagement.Ui.Pages;

namespace UserManagement.Host.Web;

/// <summary>
/// What no door translated. A database that is away is 503 with Retry-After, anything else 500: a page for a browser, a
/// problem document (RFC 9457) for others, below the SCIM door's path an error of the protocol, none of which says anything about the
/// inside; the log has the rest.
/// </summary>
internal sealed class Faults(MembershipSource source, ILogger<Faults> log)
{
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            await WriteAsync(
                http,
                bad.StatusCode,
                bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The request is too large." : "The request cannot be read."
            );
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            if (source.IsUnavailable(fault))
            {
                log.LogError("The database does not answer: {Fault}", fault.Message);
                http.Response.Headers.RetryAfter = "5";
                await WriteAsync(
                    http,
                    StatusCodes.Status503ServiceUnavailable,
                    "The server cannot reach its database right now. Try again in a moment."
                );
                return;
            }

            log.LogError(fault, "A request failed.");
            await WriteAsync(http, StatusCodes.Status500InternalServerError, "The server failed at this request. The fault was logged.");
        }
    }

    /// <summary>An error page.</summary>
    public static IResult Page(int status, string? detail) =>
        new RazorComponentResult<ErrorPage>(new { Status = status, Detail = detail }) { StatusCode = status };

    /// <summary>Says in the words of the door whose address it is why a request was not answered.</summary>
    public static Task WriteAsync(HttpContext http, int status, string detail) =>
        ScimRefusal.Concerns(http.Request)
            ? ScimRefusal.WriteAsync(http, status, detail)
            : (
                http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
                    ? Page(status, detail)
                    : Results.Problem(detail, statusCode: status)
            ).ExecuteAsync(http);
}
