using UserManagement.Identity.Portal;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Portals;

namespace UserManagement.Host;

/// <summary>
/// Reads who came by a link to the set-up portal and lays it into the request's features as <see cref="PortalSession"/>: on the portal's
/// own pages, where nobody is signed in whatever other cookie there is, and where a sign-in that is tried begins and ends. Everywhere else
/// the portal's cookie is nothing. Goes after <see cref="SignedInMiddleware"/>, before antiforgery.
/// </summary>
public sealed class PortalMiddleware(RecognizePortalLink recognize) : IMiddleware
{
    /// <inheritdoc/>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var isPortal = context.Request.Path.StartsWithSegments("/portal", StringComparison.OrdinalIgnoreCase);
        if (isPortal)
        {
            context.Features.Set<SignedIn>(null);
            context.User = new();
        }

        if (
            (isPortal || context.Request.Path.StartsWithSegments("/signin", StringComparison.OrdinalIgnoreCase))
            && PortalCookie.Read(context) is var (link, session)
        )
        {
            context.Features.Set(new PortalSession(session, await recognize.ByIdAsync(link, context.RequestAborted)));
            if (isPortal)
            {
                context.User = PortalCookie.UserOf(link, session);
            }
        }

        await next(context);
    }
}
