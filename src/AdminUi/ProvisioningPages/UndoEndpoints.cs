using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Undo;
using UserManagement.Ui;

namespace UserManagement.AdminUi.ProvisioningPages;

/// <summary>The undo of a cycle: what it would do, how far it is, what is left.</summary>
internal static class UndoEndpoints
{
    private const string One = "/directory/cycles/{id}/undo";
    private const string RefreshEvery = "2";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(One, Gate.Page(Permission.ManageDirectory, visit => ShowAsync(visit)));
        routes.MapPost(One, Gate.Act(BeginAsync));
    }

    private static string Path(Visit visit) => visit.Path($"/directory/cycles/{visit.RouteId<ProvisioningCycle>()}/undo");

    private static async Task<IResult> ShowAsync(Visit visit, Refusal? refusal = null)
    {
        var id = visit.RouteId<ProvisioningCycle>();
        if ((await visit.Act<ReadUndo>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct)).Is(out var progress, out _))
        {
            if (progress.Run.DoneAt is null)
            {
                visit.Http.Response.Headers["Refresh"] = RefreshEvery; // no script is needed, and none may fail
            }

            var around = await Frame.ReadAsync(visit, Place.Directory, refusal);
            return around.Show<UndoneScreen>(new() { ["Progress"] = progress });
        }

        if (!(await visit.Act<PreviewUndo>().RunAsync(visit.Actor, visit.Workspace.Id, id, visit.Ct)).Is(out var preview, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path("/directory/log"));
        }

        var frame = await Frame.ReadAsync(visit, Place.Directory);
        return frame.Show<UndoScreen>(new() { ["Preview"] = preview, ["Refusal"] = refusal });
    }

    private static async Task<IResult> BeginAsync(Visit visit)
    {
        int? confirmed = int.TryParse(visit.Field("confirm"), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var said)
            ? said
            : null;
        var begun = await visit
            .Act<UndoCycle>()
            .RunAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<ProvisioningCycle>(), confirmed, visit.Ct);
        return begun.Refusal is { } refusal
            ? await Gate.RefusedAsync(visit, Permission.ManageDirectory, refusal, () => ShowAsync(visit, refusal))
            : Visit.SeeOther(Path(visit));
    }
}
