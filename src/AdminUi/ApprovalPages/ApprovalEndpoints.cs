using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;
using UserManagement.Ui;

namespace UserManagement.AdminUi.ApprovalPages;

/// <summary>What admins ask a second one for.</summary>
internal static class ApprovalEndpoints
{
    private const string All = "/approvals";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(Permission.ManageMembers, visit => ListAsync(visit)));
        routes.MapPost(All + "/{id}", Gate.Act(Gate.RecentlyAuthenticated(_ => All, DecideAsync)));
    }

    private static async Task<IResult> ListAsync(Visit visit, Refusal? refusal = null)
    {
        if (!(await visit.Act<ListApprovals>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Is(out var approvals, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Approvals, refusal);
        return frame.Show<ApprovalsScreen>(new() { ["Approvals"] = approvals });
    }

    private static async Task<IResult> DecideAsync(Visit visit)
    {
        var isYes = visit.Field("do") == "approve";
        var outcome = await visit
            .Act<DecideApproval>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<Approval>(), isYes, visit.Ct);
        if (!outcome.Is(out var decided, out var refusal))
        {
            return await Gate.RefusedAsync(visit, Permission.ManageMembers, refusal, () => ListAsync(visit, refusal));
        }

        visit.Leave(
            decided.NotDone is { } not ? new(Tone.Warning, $"Approved, but not done: {not.Message}")
            : !isYes ? new(Tone.Success, "Rejected.")
            : decided.Approval.Act == FourEyesAct.GrantAdmin ? new(Tone.Success, "Approved, and done.")
            : new(
                Tone.Success,
                $"Approved. {Note.Cut(decided.Approval.AskedBy)} can "
                    + (decided.Approval.Act == FourEyesAct.ReleaseHeld ? "carry it out now." : "make the token now.")
            )
        );
        return Visit.SeeOther(visit.Path(All));
    }
}
