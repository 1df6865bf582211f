using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace UserManagement.Identity.Door;

/// <summary>
/// What every request to the door passes: for links and forms the limit of its address, for forms a readable body and a
/// valid antiforgery token, and no answer is stored by anybody.
/// </summary>
internal static class Gate
{
    /// <summary>A page that is read.</summary>
    public static RequestDelegate Page(Func<Visit, Task<IResult>> page) => Answer(http => page(new(http, FormCollection.Empty)));

    /// <summary>A page behind a link with a secret.</summary>
    public static RequestDelegate Link(Func<Visit, Task<IResult>> page) => Answer(http =>
        Limits(http).MayOpen(http.Connection.RemoteIpAddress) ? page(new(http, FormCollection.Empty)) : TooManyAsync(http));

    /// <summary>A page for somebody who is signed in.</summary>
    public static RequestDelegate Person(Func<Visit, Task<IResult>> page) => Page(visit => visit.Who is null ? Task.FromResult(visit.ToSignIn()) : page(visit));

    /// <summary>A form that is posted.</summary>
    public static RequestDelegate Form(Func<Visit, Task<IResult>> act) => Answer(async http =>
    {
        if (!Limits(http).MayPost(http.Connection.RemoteIpAddress))
        {
            return await TooManyAsync(http);
        }

        var (form, status) = await ReadAsync(http);
        return form is null ? Visit.Error(status)
            : await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http) ? await act(new(http, form))
            : Visit.Error(StatusCodes.Status400BadRequest);
    });

    /// <summary>A form posted by somebody who is signed in.</summary>
    public static RequestDelegate PersonForm(Func<Visit, Task<IResult>> act) => Form(visit => visit.Who is null ? Task.FromResult(visit.ToSignIn()) : act(visit));

    private static AddressLimits Limits(HttpContext http) => http.RequestServices.GetRequiredService<AddressLimits>();

    private static Task<IResult> TooManyAsync(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "60";
        return Task.FromResult(Visit.Error(StatusCodes.Status429TooManyRequests));
    }

    private static async Task<(IFormCollection? Form, int Status)> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            return (null, StatusCodes.Status400BadRequest);
        }

        try
        {
            return (await http.Request.ReadFormAsync(http.RequestAborted), 0);
        }
        catch (BadHttpRequestException fault)
        {
            return (null, fault.StatusCode);
        }
        catch (InvalidDataException)
        {
            return (null, StatusCodes.Status400BadRequest);
        }
    }

    private static RequestDelegate Answer(Func<HttpContext, Task<IResult>> answer) => async http =>
    {
        http.Response.Headers.CacheControl = "no-store";
        var result = await answer(http);
        await result.ExecuteAsync(http);
    };
}
