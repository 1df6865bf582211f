using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Plans;

namespace UserManagement.AdminUi.PlanPages;

/// <summary>
/// What the plan allows, how much of it is used, and where one gets more. Nothing is changed here: plans are the operator's.
/// </summary>
internal static class PlanEndpoints
{
    private const string Page = "/subscription";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Page, Gate.Page(Permission.ReadMembers, visit => ShowAsync(visit)));
        routes.MapGet(Page + "/upgrade", Gate.Page(Permission.ManageSeats, UpgradeAsync));
        // a link and no form: the pages' policy lets no form end at another site, not even by a redirect
        routes.MapGet(Page + "/manage", Gate.Page(Permission.ManageSeats, ManageAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null)
    {
        var read = await visit.Act<ReadPlan>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct);
        if (!read.Is(out var plan, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Subscription, refusal);
        return frame.Show<PlanScreen>(new() { ["Plan"] = plan, ["HasPortal"] = HasPortal(visit) });
    }

    private static async Task<IResult> UpgradeAsync(Visit visit)
    {
        var frame = await Frame.ReadAsync(visit, Place.Subscription);
        return frame.Show<UpgradeScreen>(new() { ["Terms"] = PlanTerms.Of(visit.Workspace), ["HasPortal"] = HasPortal(visit) });
    }

    private static async Task<IResult> ManageAsync(Visit visit)
    {
        if (!HasPortal(visit))
        {
            return await UpgradeAsync(visit); // it says whom to turn to instead
        }

        var opened = await visit
            .Act<OpenBillingPortal>()
            .RunAsync(visit.Actor, visit.Workspace.Id, new(visit.Act<Links>().Subscription(visit.Workspace.Row.Slug)), visit.Ct);
        return opened.Is(out var portal, out var refusal)
            ? Visit.SeeOther(portal.AbsoluteUri)
            : await Gate.RefusedAsync(visit, Permission.ReadMembers, refusal, () => ShowAsync(visit, refusal));
    }

    private static bool HasPortal(Visit visit) =>
        visit.Workspace.Plan.Tier != PlanTier.Enterprise && visit.Act<OpenBillingPortal>().IsThereFor(visit.Workspace);
}
