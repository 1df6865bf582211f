using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Ui;

namespace UserManagement.AdminUi.MemberPages;

/// <summary>Deleting somebody for good, apart from their removal: it is asked for by itself, and only of who is out already.</summary>
internal static class EraseEndpoints
{
    private const string One = "/members/{id}/erase";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(One, Gate.Page(Permission.ConfigureWorkspace, visit => ConfirmAsync(visit)));
        routes.MapPost(One, Gate.Act(Gate.RecentlyAuthenticated(Path, EraseAsync)));
    }

    private static string Path(Visit visit) => $"/members/{visit.RouteId<Member>()}/erase";

    private static async Task<IResult> ConfirmAsync(Visit visit, Refusal? refusal = null) =>
        (await visit.Act<MemberPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Member>(), visit.Ct)).Is(
            out var view,
            out var no
        )
            ? (await Frame.ReadAsync(visit, Place.Members, refusal)).Show<EraseScreen>(new() { ["View"] = view })
            : Visit.Error(Refusals.Status(no.Kind), no.Message, visit.Path("/members"));

    private static async Task<IResult> EraseAsync(Visit visit)
    {
        var outcome = await visit.Act<ErasePerson>().RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Member>(), visit.Ct);
        if (!outcome.Is(out var erased, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ConfigureWorkspace, refusal, () => ConfirmAsync(visit, refusal));
        }

        visit.Leave(
            new(
                Tone.Success,
                erased.Account
                    ? "Deleted for good, and the account with it. The audit log keeps that it was done, without the name."
                    : "Deleted for good. The account stays, for it is used elsewhere or there was none."
            )
        );
        return Visit.SeeOther(visit.Path("/members?status=removed"));
    }
}
