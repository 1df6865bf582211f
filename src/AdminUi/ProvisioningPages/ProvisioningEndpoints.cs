using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Undo;
using UserManagement.Membership.Workspaces;

namespace UserManagement.AdminUi.ProvisioningPages;

/// <summary>The provisioning log: what each directory asked for, what came of it, why, and what to do.</summary>
internal static class ProvisioningEndpoints
{
    private const string All = "/directory/log";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(Permission.ManageDirectory, ListAsync));
        routes.MapGet(All + "/{id}", Gate.Page(Permission.ManageDirectory, OneAsync));
        routes.MapGet(All + ".csv", Gate.Page(Permission.ManageDirectory, visit => ExportAsync(visit, isCsv: true)));
        routes.MapGet(All + ".jsonl", Gate.Page(Permission.ManageDirectory, visit => ExportAsync(visit, isCsv: false)));
    }

    private static async Task<IResult> ListAsync(Visit visit)
    {
        var state = LogState.Read(visit.Http.Request.Query);
        var read = await visit
            .Act<ListProvisioning>()
            .RunAsync(visit.Actor, visit.Workspace.Id, state.ToQuery(), PageCursor.Read(visit.Query("after")), Rows.OnPage, visit.Ct);
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var tokens = (await visit.Act<DirectoryPage>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Value;
        var programs = (await visit.Act<DirectoryPage>().ProgramsAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Value;
        var undone = await visit
            .Act<ReadUndo>()
            .AmongAsync(visit.Actor, visit.Workspace.Id, [.. page.Cycles.Values.Select(c => c.Id)], visit.Ct);
        var frame = await Frame.ReadAsync(visit, Place.Directory);
        return frame.Show<ProvisioningScreen>(
            new()
            {
                ["State"] = state,
                ["Page"] = page,
                ["Undone"] = undone.Value,
                ["Clients"] =
                    (IReadOnlyList<(Guid, string)>)
                        [
                            .. tokens.Select(t => (t.Credential.Id.Value, t.Credential.Name)),
                            .. programs.Select(p => (p.App.Id, p.App.DisplayName ?? p.App.ClientId ?? "App")),
                        ],
            }
        );
    }

    private static async Task<IResult> OneAsync(Visit visit)
    {
        var read = await visit
            .Act<ListProvisioning>()
            .FindAsync(visit.Actor, visit.Workspace.Id, visit.RouteId<ProvisioningLine>(), visit.Ct);
        if (!read.Is(out var line, out var refused) || line is null)
        {
            return Visit.Error(
                refused is null ? StatusCodes.Status404NotFound : Refusals.Status(refused.Kind),
                refused?.Message,
                visit.Path(All)
            );
        }

        var frame = await Frame.ReadAsync(visit, Place.Directory);
        return frame.Show<ProvisioningLineScreen>(new() { ["Line"] = line });
    }

    private static async Task<IResult> ExportAsync(Visit visit, bool isCsv)
    {
        var query = LogState.Read(visit.Http.Request.Query).ToQuery();
        var begun = await visit.Act<ExportProvisioning>().RunAsync(visit.Actor, visit.Workspace.Id, query, visit.Ct);
        return !begun.Is(out var export, out var refusal) ? Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path(All))
            : isCsv
                ? Results.Stream(
                    stream => ProvisioningFiles.WriteCsvAsync(stream, export, visit.Ct),
                    MemberCsv.MediaType,
                    $"{visit.Workspace.Row.Slug}-provisioning-log.csv"
                )
            : Results.Stream(
                stream => ProvisioningFiles.WriteJsonAsync(stream, export, visit.Ct),
                ProvisioningFiles.JsonLines,
                $"{visit.Workspace.Row.Slug}-provisioning-log.jsonl"
            );
    }
}
