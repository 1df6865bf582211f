using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Ui.Pages;

namespace UserManagement.Ui;

/// <summary>One request to a page, with what every handler needs in few words. Each door derives its own, which knows who asks.</summary>
/// <param name="http">The request.</param>
/// <param name="form">The posted form; empty for a GET.</param>
public abstract class PageRequest(HttpContext http, IFormCollection form)
{
    /// <summary>The request.</summary>
    public HttpContext Http => http;

    /// <summary>The posted form; empty for a GET.</summary>
    public IFormCollection Form => form;

    /// <summary>Stops work when the browser went away.</summary>
    public CancellationToken Ct => http.RequestAborted;

    /// <summary>An act or query of the core, or what else the door works with.</summary>
    public T Act<T>()
        where T : notnull => http.RequestServices.GetRequiredService<T>();

    /// <summary>A field of the form as it was posted; empty when it is not there, the first when it is there twice.</summary>
    public virtual string Field(string name) => form[name] is [{ } first, ..] ? first : "";

    /// <summary>A value of the query; null when it is not there, or no text that anything here could be called by.</summary>
    public virtual string? Query(string name) => http.Request.Query[name] is [{ } first, ..] && PostedForm.IsText(first) ? first : null;

    /// <summary>Goes on to another page of this site with a GET, whatever the method was (RFC 9110 section 15.4.4).</summary>
    public static IResult SeeOther(string path) => new SeeOtherResult(path);

    /// <summary>An error page.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">A sentence instead of the usual one; null for the latter.</param>
    /// <param name="homeHref">Where its button leads.</param>
    /// <param name="expired">True for a link whose time is over or that was used.</param>
    /// <param name="title">A heading instead of the usual one; null for the latter.</param>
    /// <param name="homeLabel">What its button says.</param>
    public static IResult Error(
        int status,
        string? detail = null,
        string homeHref = "/",
        bool expired = false,
        string? title = null,
        string homeLabel = "Go to start page"
    ) =>
        new RazorComponentResult<ErrorPage>(
            new
            {
                Status = status,
                Detail = detail,
                HomeHref = homeHref,
                HomeLabel = homeLabel,
                Expired = expired,
                Title = title,
            }
        )
        {
            StatusCode = status,
        };

    private sealed class SeeOtherResult(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            if (HttpMethods.IsPost(httpContext.Request.Method) && path.StartsWith("/connect/", StringComparison.Ordinal))
            {
                // from there it goes on to an app, and a form may not end at another site
                return GoOnPage.To(httpContext, path, "the app").ExecuteAsync(httpContext);
            }

            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
