using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership.Apps;
using UserManagement.Ui;

namespace UserManagement.AdminUi.AppPages;

/// <summary>The apps of whoever looks: which they may use here, and what they agreed to.</summary>
internal static class MyAppsEndpoints
{
    private const string All = "/my-apps";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(null, ShowAsync));
        routes.MapPost(All + "/{id}/withdraw", Gate.Act(WithdrawAsync));
    }

    /// <summary>What the page and the home show.</summary>
    public static Task<IReadOnlyList<MyApp>> ReadAsync(Visit visit) =>
        visit.Act<ReadMyApps>().RunAsync(visit.Workspace, visit.Me, visit.Ct);

    private static async Task<IResult> ShowAsync(Visit visit) =>
        (await Frame.ReadAsync(visit, Place.Home)).Show<MyAppsScreen>(new() { ["Apps"] = await ReadAsync(visit) });

    private static async Task<IResult> WithdrawAsync(Visit visit)
    {
        var outcome = await visit
            .Act<WithdrawConsent>()
            .RunAsync(visit.Actor, visit.Account.Id, visit.Workspace.Id, visit.Http.GetRouteValue("id") as string ?? "", visit.Ct);
        if (!outcome.Is(out var client, out var refusal))
        {
            return Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path(All));
        }

        visit.Leave(new(Tone.Success, $"{Note.Cut(client.DisplayName!)} learns no more of you. It asks again if you sign in to it."));
        return Visit.SeeOther(visit.Path(All));
    }
}
