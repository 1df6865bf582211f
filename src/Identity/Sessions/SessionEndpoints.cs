using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Home;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;

namespace UserManagement.Identity.Sessions;

/// <summary>Where one is signed in, and ending it: one, or all others. Every end holds at the next request.</summary>
internal static class SessionEndpoints
{
    private const string Home = "/profile/sessions";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Home, Gate.Person(visit => ShowAsync(visit)));
        routes.MapPost(Home + "/{id}/end", Gate.PersonForm(EndAsync));
        routes.MapPost(Home + "/end-others", Gate.PersonForm(EndOthersAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null) =>
        Visit.Show<SessionsPage>(
            new
            {
                Frame = await AccountFrame.ReadAsync(visit, AccountPlace.Sessions),
                Mine = await visit.Act<ListSessions>().RunAsync(visit.Who!, visit.Ct),
                Code = visit.Query("notice"),
                Refusal = refusal,
            },
            refusal
        );

    private static async Task<IResult> EndAsync(Visit visit)
    {
        _ = Id<Session>.TryParse(visit.Http.GetRouteValue("id") as string, out var id);
        var outcome = await visit.Act<EndSession>().RunAsync(visit.Who!, id, visit.Ct);
        if (outcome.Refusal is { } refusal)
        {
            return await ShowAsync(visit, refusal);
        }

        if (id != visit.Who!.Session.Id)
        {
            return Visit.SeeOther(Home + "?notice=ended");
        }

        SessionCookie.Clear(visit.Http);
        return Visit.SeeOther("/signin?notice=signed-out");
    }

    private static async Task<IResult> EndOthersAsync(Visit visit)
    {
        var outcome = await visit.Act<EndSessions>().OthersAsync(visit.Who!, Membership.Access.Door.SignIn, visit.Ct);
        return outcome.Refusal is { } refusal ? await ShowAsync(visit, refusal) : Visit.SeeOther(Home + "?notice=others-ended");
    }
}
