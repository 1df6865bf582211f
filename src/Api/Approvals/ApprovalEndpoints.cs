using UserManagement.Api.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Approvals;

namespace UserManagement.Api.Approvals;

/// <summary>What admins ask a second one for.</summary>
internal static class ApprovalEndpoints
{
    private const string All = "/workspaces/{slug}/approvals";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List what a second admin is asked to approve", "Newest first, the last hundred, decided ones among them.")
            .Needs(Permission.ManageMembers)
            .Gives<ListJson<ApprovalRequestJson>>();
        api.Post(All + "/{id}/approve", call => DecideAsync(call, true))
            .Says(
                "Approve what another admin asks for",
                "A role is given at once; a directory token is made by whoever asked. Nobody approves their own."
            )
            .PeopleOnly()
            .Gives<ApprovalRequestJson>();
        api.Post(All + "/{id}/reject", call => DecideAsync(call, false))
            .Says("Reject what another admin asks for")
            .PeopleOnly()
            .Gives<ApprovalRequestJson>();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ListApprovals>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var approvals, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<ApprovalRequestJson>
                {
                    Items = [.. approvals.Select(a => ApprovalRequestJson.Of(a, call.Workspace.Configuration))],
                }
            )
            : refusal;

    private static async Task<ApiAnswer> DecideAsync(ApiCall call, bool isYes) =>
        (await call.Act<DecideApproval>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<Approval>(), isYes, call.Ct)).Is(
            out var decided,
            out var refusal
        )
            ? ApiAnswer.Ok(
                ApprovalRequestJson.Of(decided.Approval, call.Workspace.Configuration) with
                {
                    NotDone = decided.NotDone?.Message,
                }
            )
            : refusal;
}
