using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace UserManagement.Ui;

/// <summary>What the gates of all doors with pages have in common. Who may pass is each door's own.</summary>
public static class PageGate
{
    /// <summary>Sends an answer that nobody stores.</summary>
    public static RequestDelegate Answer(Func<HttpContext, Task<IResult>> answer) =>
        async http =>
        {
            UiHeaders.Store(http);
            var result = await answer(http);
            await result.ExecuteAsync(http);
        };

    /// <summary>
    /// Reads a posted form and acts on it: 400 for one that is none or does not bear this site's antiforgery token, 413 for one that is too
    /// large.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="act">What is done with the form.</param>
    /// <param name="fromAnotherSite">Whether another site lets the browser post it, so that it bears no token of ours: it may then change
    /// nothing.</param>
    public static async Task<IResult> PostedAsync(HttpContext http, Func<IFormCollection, Task<IResult>> act, bool fromAnotherSite = false)
    {
        var (form, status) = await PostedForm.ReadAsync(http);
        return form is null ? PageRequest.Error(status)
            : fromAnotherSite || await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http) ? await act(form)
            : PageRequest.Error(StatusCodes.Status400BadRequest);
    }

    /// <summary>429: so many seconds later there is room again (RFC 6585 section 4).</summary>
    public static IResult TooMany(HttpContext http, int seconds)
    {
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return PageRequest.Error(StatusCodes.Status429TooManyRequests);
    }
}
