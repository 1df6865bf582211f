using UserManagement.Identity.Http;
using UserManagement.Membership.Accounts;

namespace UserManagement.Host;

/// <summary>
/// Reads once per request who is signed in and lays it into the request's features, where the doors with pages find it
/// as <see cref="SignedIn"/>. A cookie that is no live session is nobody. Goes after routing, before antiforgery: the
/// user's id makes a form of one account worthless in another.
/// </summary>
public sealed class SignedInMiddleware(ReadSession read, TouchActivity touch) : IMiddleware
{
    /// <inheritdoc/>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (
            SessionCookie.Read(context) is { Length: > 0 } secret
            && !IsWithoutPages(context.Request.Path)
            && await read.RunAsync(secret, context.Request.RouteValues["slug"] as string, context.RequestAborted) is { } who
        )
        {
            context.Features.Set(who);
            context.User = SessionCookie.UserOf(who);
            await touch.RunAsync(who, context.RequestAborted);
        }

        await next(context);
    }

    private static bool IsWithoutPages(PathString path) =>
        path.StartsWithSegments("/ui", StringComparison.Ordinal) || path.StartsWithSegments("/scim", StringComparison.OrdinalIgnoreCase);
}
