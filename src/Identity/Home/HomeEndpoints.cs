using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;

namespace UserManagement.Identity.Home;

/// <summary>Where people land: the start page, the choice of a workspace, their own names in it.</summary>
internal static class HomeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Gate.Person(StartAsync));
        routes.MapGet("/workspaces", Gate.Person(WorkspacesAsync));
        routes.MapGet("/w/{slug}/profile", Gate.Person(visit => ProfileAsync(visit, null)));
        routes.MapPost("/w/{slug}/profile", Gate.PersonForm(SaveProfileAsync));
    }

    private static async Task<IResult> StartAsync(Visit visit) =>
        await visit.Act<ListWorkspaces>().RunAsync(visit.Who!, visit.Ct) is [var only]
            ? Visit.SeeOther("/w/" + only.Slug)
            : Visit.SeeOther("/workspaces");

    private static async Task<IResult> WorkspacesAsync(Visit visit) =>
        Visit.Show<WorkspacesPage>(
            new
            {
                Who = visit.Who!,
                Mine = await visit.Act<ListWorkspaces>().RunAsync(visit.Who!, visit.Ct),
                Invited = await visit.Act<ListOwnInvitations>().RunAsync(visit.Who!, visit.Ct),
                Open = await visit.Act<AskToJoin>().OffersAsync(visit.Who!, visit.Ct),
                KeptOut = await visit.Act<ReadKeptOut>().ListAsync(visit.Who!, visit.Ct),
            }
        );

    private static async Task<IResult> ProfileAsync(Visit visit, Refusal? refusal)
    {
        if (await visit.Act<ReadMyMembership>().RunAsync(visit.Who!, visit.Ct) is not { } mine)
        {
            var here = $"/w/{visit.Http.Request.RouteValues["slug"]}";
            return visit.Who!.Barred is not null ? Visit.SeeOther($"{here}/signin?returnUrl={here}/profile") : await KeptOutAsync(visit);
        }

        var posted = visit.Form.Count > 0;
        var (given, family) = visit.Who!.Member is { GivenName: null, FamilyName: null }
            ? await visit.Act<ReadKnownNames>().RunAsync(visit.Who!, visit.Ct)
            : (visit.Who!.Member!.GivenName, visit.Who!.Member!.FamilyName);
        return Visit.Show<ProfilePage>(
            new
            {
                Frame = await AccountFrame.ReadAsync(visit, AccountPlace.Profile),
                Who = visit.Who!,
                Mine = mine,
                GivenName = posted ? visit.Field("givenName") : given,
                FamilyName = posted ? visit.Field("familyName") : family,
                Refusal = refusal,
            },
            refusal
        );
    }

    private static async Task<IResult> KeptOutAsync(Visit visit) =>
        await visit.Act<ReadKeptOut>().RunAsync(visit.Who!, visit.Http.Request.RouteValues["slug"] as string, visit.Ct) is { } kept
            ? Visit.Error(Refusals.Status(kept.Kind), kept.Message, title: "You are kept out")
            : Visit.Error(StatusCodes.Status404NotFound);

    private static async Task<IResult> SaveProfileAsync(Visit visit)
    {
        if (visit.Who is not { Actor: { } actor, Workspace: { } workspace })
        {
            return await KeptOutAsync(visit);
        }

        var outcome = await visit
            .Act<CompleteProfile>()
            .RunAsync(actor, workspace.Id, visit.Field("givenName"), visit.Field("familyName"), visit.Ct);
        return outcome.Refusal is { } refusal ? await ProfileAsync(visit, refusal) : Visit.SeeOther("/w/" + workspace.Row.Slug);
    }
}
