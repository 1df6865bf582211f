using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Plans;

namespace UserManagement.Api.Billing;

/// <summary>
/// Where Stripe posts its events: a call without a session or key, proven by its signature alone. 200 for what was taken or does not
/// concern us, 400 for what is forged or unreadable, 404 where no billing is set up, 413 for what is too large; anything else Stripe sends
/// again, for days.
/// </summary>
internal static class StripeEndpoint
{
    /// <summary>Where it is, below the public URL.</summary>
    public const string Path = "/billing/stripe";

    /// <summary>The largest event that is read, in bytes; a subscription with twenty items has some 40,000.</summary>
    public const int LargestBody = 256 * 1024;

    private const string Signature = "Stripe-Signature";

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost(Path, async http => await (await TakeAsync(http)).ExecuteAsync(http))
            .DisableAntiforgery()
            .ExcludeFromDescription();

    private static async Task<IResult> TakeAsync(HttpContext http)
    {
        if (await BodyAsync(http.Request, http.RequestAborted) is not { } body)
        {
            return Text(StatusCodes.Status413PayloadTooLarge, "This is larger than any event.");
        }

        var taken = await http
            .RequestServices.GetRequiredService<TakeBillingNotice>()
            .RunAsync(body, http.Request.Headers[Signature], http.RequestAborted);
        if (taken.Refusal is not { } refusal)
        {
            return Text(StatusCodes.Status200OK, taken.Value == NoticeTaken.Applied ? "Taken." : "Nothing to do.");
        }

        if (refusal.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return Text(
            refusal.Kind switch
            {
                RefusalKind.Invalid => StatusCodes.Status400BadRequest,
                RefusalKind.NotFound => StatusCodes.Status404NotFound,
                _ => StatusCodes.Status503ServiceUnavailable,
            },
            refusal.Message
        );
    }

    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > LargestBody)
        {
            return null;
        }

        using var body = new MemoryStream();
        try
        {
            var piece = new byte[16 * 1024];
            for (int read; (read = await request.Body.ReadAsync(piece, ct)) > 0; )
            {
                body.Write(piece, 0, read);
                if (body.Length > LargestBody)
                {
                    return null;
                }
            }
        }
        catch (BadHttpRequestException fault) when (fault.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        return body.ToArray();
    }

    private static IResult Text(int status, string text) => Results.Text(text, "text/plain", statusCode: status);
}
