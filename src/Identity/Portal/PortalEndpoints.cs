using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Membership.Portals;

namespace UserManagement.Identity.Portal;

/// <summary>
/// Begins a session with a link to the set-up portal. Opening the link changes nothing, for programs open links too; after that the secret
/// travels in form bodies only.
/// </summary>
internal static class PortalEndpoints
{
    private const string Home = "/portal";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Home + "/{secret:length(40,64)}", Gate.Link(ShowAsync));
        routes.MapPost(Home + "/open", Gate.Form(OpenAsync));
        routes.MapPost(Home + "/leave", Gate.Form(LeaveAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit) =>
        (await visit.Act<RecognizePortalLink>().BySecretAsync(visit.Secret, visit.Ct)).Is(out var visitor, out var refusal)
            ? Visit.Show<PortalBeginPage>(new { Visitor = visitor, visit.Secret })
            : Over(refusal);

    private static async Task<IResult> OpenAsync(Visit visit)
    {
        if (!(await visit.Act<OpenPortalLink>().RunAsync(visit.Field("secret"), visit.Ct)).Is(out var visitor, out var refusal))
        {
            return Over(refusal);
        }

        PortalCookie.Write(visit.Http, visitor.Link);
        return Visit.SeeOther(Home);
    }

    private static Task<IResult> LeaveAsync(Visit visit)
    {
        PortalCookie.Clear(visit.Http);
        return Task.FromResult(
            Visit.Error(
                StatusCodes.Status200OK,
                "Your browser has forgotten the link. Open it again to go on.",
                title: "You have left the set-up"
            )
        );
    }

    private static IResult Over(Refusal refusal) =>
        Visit.Error(
            Refusals.Status(refusal.Kind),
            refusal.Message,
            title: refusal.Kind == RefusalKind.NotFound ? null : "This link is over"
        );
}
