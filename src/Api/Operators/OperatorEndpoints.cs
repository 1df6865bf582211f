using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Operators;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Api.Operators;

/// <summary>
/// What whoever runs the installation does by REST: <c>GET /operator/workspaces</c> tells what each workspace uses,
/// <c>GET | PUT | PATCH /operator/workspaces/{workspace}/plan</c> what it may use. The address names the workspace by another word than
/// <c>slug</c>, for nobody acts in it: a session is read outside of any.
/// </summary>
internal static class OperatorEndpoints
{
    private const string All = "/operator/workspaces";
    private const string Plan = All + "/{workspace}/plan";
    private const string Limits =
        "A limit of null is none; one below what is in use throws nobody out, and nothing more is given out. Naming a customer of the "
        + "billing provider takes over the seats that they pay for, and follows them from then on.";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List all workspaces", "By slug, each with its plan and what it uses.")
            .OperatorsOnly()
            .Takes(ApiParameter.Cursor, ApiParameter.Limit)
            .Gives<ListJson<WorkspaceUseJson>>();
        api.Get(Plan, ReadAsync).Says("Read a workspace's plan").OperatorsOnly().Gives<PlanTermsJson>().Versioned();
        api.Put(Plan, PutAsync)
            .Says("Set a workspace's plan", $"The whole of it, with each license type of the workspace. {Limits}")
            .OperatorsOnly()
            .Reads<PlanTermsJson>()
            .Gives<PlanTermsJson>()
            .Versioned()
            .IfMatch();
        api.Patch(Plan, PatchAsync)
            .Says("Change a part of a workspace's plan", $"JSON Merge Patch (RFC 7396): what is not named stays. {Limits}")
            .OperatorsOnly()
            .Reads<PlanTermsPatch>()
            .Gives<PlanTermsJson>()
            .Versioned()
            .IfMatch();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ReadInstallation>().WorkspacesAsync(call.Actor, call.Cursor?.Key, call.Limit, call.Ct)).Is(
            out var page,
            out var refusal
        )
            ? ApiAnswer.Ok(
                new ListJson<WorkspaceUseJson>
                {
                    Items = [.. page.Items.Select(WorkspaceUseJson.Of)],
                    NextCursor = ApiCall.Next(page.Next is { } slug ? new PageCursor(slug, Guid.Empty) : null),
                    Total = page.Total,
                    TotalIsExact = true,
                }
            )
            : refusal;

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await FindAsync(call)).Is(out var workspace, out var refusal) ? Shown(workspace) : refusal;

    private static Task<ApiAnswer> PutAsync(ApiCall call) =>
        call.WithAsync<PlanTermsJson>(async wanted =>
        {
            if (!(await FindAsync(call)).Is(out var workspace, out var refusal))
            {
                return refusal;
            }

            return wanted.Lacks(workspace.Configuration) is { } missing ? missing : await SetAsync(call, workspace, wanted.Over);
        });

    private static Task<ApiAnswer> PatchAsync(ApiCall call) =>
        call.WithAsync<PlanTermsPatch>(async patch =>
            (await FindAsync(call)).Is(out var workspace, out var refusal)
                ? await SetAsync(call, workspace, now => patch.Over(now, call.Sent))
                : refusal
        );

    private static Task<Outcome<WorkspaceContext>> FindAsync(ApiCall call) =>
        call.Act<FindWorkspace>().RunAsync(call.Actor, call.Http.Request.RouteValues["workspace"] as string ?? "", call.Ct);

    private static async Task<ApiAnswer> SetAsync(ApiCall call, WorkspaceContext workspace, Func<PlanTerms, PlanTerms> change) =>
        (await call.Act<SetPlan>().RunAsync(call.Actor, workspace.Id, call.Seen, change, call.Ct)).Is(out var now, out var refusal)
            ? Shown(now)
            : refusal;

    private static ApiAnswer Shown(WorkspaceContext workspace) =>
        ApiAnswer.Ok(PlanTermsJson.Of(PlanTerms.Of(workspace)), workspace.Row.Version);
}
