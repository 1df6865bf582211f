using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.AdminUi.AuditPages;

/// <summary>The audit log: who did what to whom, narrowed by what stands in the address, and the same as files.</summary>
internal static class AuditEndpoints
{
    private const string All = "/audit";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, Gate.Page(Permission.ReadAudit, ListAsync));
        routes.MapGet(All + ".csv", Gate.Page(Permission.ReadAudit, visit => ExportAsync(visit, isCsv: true)));
        routes.MapGet(All + ".jsonl", Gate.Page(Permission.ReadAudit, visit => ExportAsync(visit, isCsv: false)));
    }

    private static async Task<IResult> ListAsync(Visit visit)
    {
        var state = AuditState.Read(visit.Http.Request.Query);
        var page = new AuditPage([], null, new Dictionary<Guid, string>());
        var isWrong = (state.FromFault ?? state.ToFault) is not null;
        if (!isWrong)
        {
            var read = await visit
                .Act<AuditList>()
                .FindAsync(visit.Actor, visit.Workspace.Id, state.ToQuery(), PageCursor.Read(visit.Query("after")), Rows.OnPage, visit.Ct);
            if (!read.Is(out var found, out var refused))
            {
                return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
            }

            page = found;
        }

        var frame = await Frame.ReadAsync(visit, Place.Audit);
        return frame.Show<AuditScreen>(
            new() { ["Page"] = page, ["State"] = state },
            isWrong ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK
        );
    }

    private static async Task<IResult> ExportAsync(Visit visit, bool isCsv)
    {
        var state = AuditState.Read(visit.Http.Request.Query);
        if ((state.FromFault ?? state.ToFault) is { } fault)
        {
            return Visit.Error(StatusCodes.Status422UnprocessableEntity, fault, visit.Path(All));
        }

        var begun = await visit.Act<ExportAuditLines>().RunAsync(visit.Actor, visit.Workspace.Id, state.ToQuery(), visit.Ct);
        return !begun.Is(out var export, out var refusal) ? Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path(All))
            : isCsv
                ? Results.Stream(
                    stream => AuditFiles.WriteCsvAsync(stream, export, visit.Ct),
                    MemberCsv.MediaType,
                    $"{visit.Workspace.Row.Slug}-audit-lines.csv"
                )
            : Results.Stream(
                stream => AuditFiles.WriteJsonAsync(stream, export, visit.Ct),
                AuditFiles.JsonLines,
                $"{visit.Workspace.Row.Slug}-audit-lines.jsonl"
            );
    }
}
