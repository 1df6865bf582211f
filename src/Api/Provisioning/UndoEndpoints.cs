using UserManagement.Api.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Undo;

namespace UserManagement.Api.Provisioning;

/// <summary>The undo of a cycle.</summary>
internal static class UndoEndpoints
{
    private const string One = "/workspaces/{slug}/provisioning-cycles/{id}/undo";

    public static void Map(ApiTable api)
    {
        api.Get(One + "/preview", PreviewAsync)
            .Says(
                "Look at what the undo of a cycle would do",
                "Nothing is changed. What somebody changed since is left, and told with the reason. Needs members.manage and groups.manage "
                    + "as well."
            )
            .Needs(Permission.ManageDirectory)
            .Gives<UndoPreviewJson>();
        api.Post(One, BeginAsync)
            .Says(
                "Undo a cycle",
                "As a whole, once, worked off by the server. Of more than 10 people and groups it asks for their number in confirm. "
                    + "Needs members.manage and groups.manage as well."
            )
            .Needs(Permission.ManageDirectory)
            .Reads<UndoWanted>()
            .Gives<UndoJson>();
        api.Get(One, ReadAsync)
            .Says("Read how far the undo of a cycle is", "With those that are not wholly as before, the first 500.")
            .Needs(Permission.ManageDirectory)
            .Gives<UndoJson>();
    }

    private static async Task<ApiAnswer> PreviewAsync(ApiCall call) =>
        (await call.Act<PreviewUndo>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<ProvisioningCycle>(), call.Ct)).Is(
            out var preview,
            out var refusal
        )
            ? ApiAnswer.Ok(UndoPreviewJson.Of(preview))
            : refusal;

    private static Task<ApiAnswer> BeginAsync(ApiCall call) =>
        call.WithAsync<UndoWanted>(async wanted =>
            (
                await call.Act<UndoCycle>()
                    .RunAsync(call.Actor, call.Workspace.Id, call.RouteId<ProvisioningCycle>(), wanted.Confirm, call.Ct)
            ).Is(out var run, out var refusal)
                ? ApiAnswer.Ok(UndoJson.Of(run, []))
                : refusal
        );

    private static async Task<ApiAnswer> ReadAsync(ApiCall call) =>
        (await call.Act<ReadUndo>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<ProvisioningCycle>(), call.Ct)).Is(
            out var progress,
            out var refusal
        )
            ? ApiAnswer.Ok(UndoJson.Of(progress.Run, progress.Left))
            : refusal;
}
