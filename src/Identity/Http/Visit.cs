using System.Security.Claims;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Ui;
using UserManagement.Ui.Pages;

namespace UserManagement.Identity.Http;

/// <summary>One request to the door, with what its handlers need in few words.</summary>
/// <param name="Http">The request.</param>
/// <param name="Form">The posted form; empty for a GET.</param>
internal sealed record Visit(HttpContext Http, IFormCollection Form)
{
    /// <summary>Who is signed in; null for nobody.</summary>
    public SignedIn? Who => Http.Features.Get<SignedIn>();

    /// <summary>Ends with the request.</summary>
    public CancellationToken Ct => Http.RequestAborted;

    /// <summary>What the browser tells about itself.</summary>
    public Browser Browser => new(Http.Request.Headers.UserAgent.ToString(), Http.Connection.RemoteIpAddress?.ToString());

    /// <summary>The secret in the address.</summary>
    public string Secret => Http.Request.RouteValues["secret"] as string ?? "";

    /// <summary>A field of the form; empty when it is not there, the first when it is there twice.</summary>
    public string Field(string name) => Form[name] is [{ } first, ..] ? first : "";

    /// <summary>A value of the query; null when it is not there, or no text that anything here could be called by.</summary>
    public string? Query(string name) => Http.Request.Query[name] is [{ } first, ..] && PostedForm.IsText(first) ? first : null;

    /// <summary>Goes on as somebody else than the request came in as: a form of the page that follows is theirs. Null for nobody.</summary>
    public void Become(SignedIn? who)
    {
        Http.Features.Set(who);
        Http.User = who is null ? new() : new(new ClaimsIdentity([new("sub", who.Account.Id.ToString())], "session"));
    }

    /// <summary>An act of the core.</summary>
    public T Act<T>()
        where T : notnull => Http.RequestServices.GetRequiredService<T>();

    /// <summary>A page; a refusal decides its status.</summary>
    /// <typeparam name="T">The component.</typeparam>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="refusal">Why what was posted was not done; null for none.</param>
    /// <param name="status">The status when nothing was refused.</param>
    public static IResult Show<T>(object parameters, Refusal? refusal = null, int status = 200)
        where T : IComponent => new RazorComponentResult<T>(parameters) { StatusCode = refusal is null ? status : Refusals.Status(refusal.Kind) };

    /// <summary>An error page.</summary>
    public static IResult Error(int status, string? detail = null, bool expired = false, string? title = null) =>
        new RazorComponentResult<ErrorPage>(new { Status = status, Detail = detail, Expired = expired, Title = title }) { StatusCode = status };

    /// <summary>Goes on to another page with a GET, whatever the method was.</summary>
    public static IResult SeeOther(string path) => new Found(path);

    /// <summary>To the sign-in page and back.</summary>
    public IResult ToSignIn() => SeeOther("/signin?returnUrl=" + Uri.EscapeDataString(HttpMethods.IsGet(Http.Request.Method) ? Http.Request.Path.ToString() : "/"));

    private sealed class Found(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
