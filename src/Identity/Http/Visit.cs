using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Ui;

namespace UserManagement.Identity.Http;

/// <summary>One request to the door, with what its handlers need in few words.</summary>
/// <param name="http">The request.</param>
/// <param name="form">The posted form; empty for a GET.</param>
internal sealed class Visit(HttpContext http, IFormCollection form) : PageRequest(http, form)
{
    /// <summary>Who is signed in; null for nobody.</summary>
    public SignedIn? Who => Http.Features.Get<SignedIn>();

    /// <summary>What the browser tells about itself.</summary>
    public Browser Browser => new(Http.Request.Headers.UserAgent.ToString(), Http.Connection.RemoteIpAddress?.ToString());

    /// <summary>The secret in the address.</summary>
    public string Secret => Http.Request.RouteValues["secret"] as string ?? "";

    /// <summary>The workspace that the address names; null for none.</summary>
    public string? Slug => Http.Request.RouteValues["slug"] as string;

    /// <summary>Goes on as somebody else than the request came in as: a form of the page that follows is theirs. Null for nobody.</summary>
    public void Become(SignedIn? who)
    {
        Http.Features.Set(who);
        Http.User = who is null ? new() : SessionCookie.UserOf(who);
    }

    /// <summary>A page; a refusal decides its status.</summary>
    /// <typeparam name="T">The component.</typeparam>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="refusal">Why what was posted was not done; null for none.</param>
    /// <param name="status">The status when nothing was refused.</param>
    public static IResult Show<T>(object parameters, Refusal? refusal = null, int status = 200)
        where T : IComponent =>
        new RazorComponentResult<T>(parameters) { StatusCode = refusal is null ? status : Refusals.Status(refusal.Kind) };

    /// <summary>To the sign-in page and back.</summary>
    public IResult ToSignIn() =>
        SeeOther("/signin?returnUrl=" + Uri.EscapeDataString(HttpMethods.IsGet(Http.Request.Method) ? Http.Request.Path.ToString() : "/"));
}
