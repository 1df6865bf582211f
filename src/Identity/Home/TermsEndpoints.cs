using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Http;
using UserManagement.Identity.SecondFactor;
using UserManagement.Identity.SignIn;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;

namespace UserManagement.Identity.Home;

/// <summary>
/// The terms of use of a workspace, for whoever has not accepted the version that it asks for: the page that stands before all others of
/// the workspace and leads back. Declining changes nothing: the workspace stays closed, everything else stays as it is.
/// </summary>
internal static class TermsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/w/{slug}/terms", Gate.Half(visit => ShowAsync(visit, null)));
        routes.MapPost("/w/{slug}/terms", Gate.HalfForm(AcceptAsync));
    }

    /// <summary>The page. Query: <c>declined</c> for whoever does not accept them.</summary>
    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal)
    {
        var (slug, back) = (visit.Slug!, Back(visit));
        if (await visit.Act<AcceptTerms>().AskedByAsync(visit.Who!, slug, visit.Ct) is not { } workspace)
        {
            // nothing is asked, or something else before; a page of the workspace says which
            return Visit.SeeOther(
                visit.Who!.Demand is RequiredAction.None or RequiredAction.Terms ? back : Owed.Path(visit.Who.Demand, back, slug)
            );
        }

        var app = await AppOnTheWay.OfAsync(visit, back);
        return visit.Query("declined") is null
            ? Visit.Show<TermsPage>(
                new
                {
                    Workspace = workspace,
                    App = app,
                    ReturnUrl = back,
                    Refusal = refusal,
                },
                refusal
            )
            : Visit.Show<TermsDeclinedPage>(
                new
                {
                    Workspace = workspace,
                    App = app,
                    ReturnUrl = back,
                }
            );
    }

    private static async Task<IResult> AcceptAsync(Visit visit)
    {
        var outcome = await visit.Act<AcceptTerms>().RunAsync(visit.Who!.Session.Id, visit.Slug!, Version(visit) ?? 0, visit.Ct);
        return outcome.Refusal is not { } refusal ? Visit.SeeOther(Back(visit))
            : refusal.Kind == RefusalKind.NotFound ? Visit.Error(StatusCodes.Status404NotFound)
            : await ShowAsync(visit, refusal);
    }

    /// <summary>The version of the terms of use that a form says was accepted; null for none.</summary>
    public static int? Version(Visit visit) =>
        int.TryParse(visit.Field(TermsField.Name), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;

    private static string Back(Visit visit) =>
        ReturnUrl.Local(visit.Query("returnUrl") ?? visit.Field("returnUrl")) is { Length: > 1 } back ? back : "/w/" + visit.Slug;
}
