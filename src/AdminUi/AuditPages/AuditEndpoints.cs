using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;

namespace UserManagement.AdminUi.AuditPages;

/// <summary>The audit log.</summary>
internal static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/audit", Gate.Page(Permission.ReadAudit, ListAsync));

    private static async Task<IResult> ListAsync(Visit visit)
    {
        var act = visit.Query("act");
        Guid? target = Guid.TryParseExact(visit.Query("target"), "D", out var id) ? id : null;
        var read = await visit
            .Act<AuditList>()
            .RunAsync(visit.Actor, visit.Workspace.Id, act, target, PageCursor.Read(visit.Query("after")), Rows.OnPage, visit.Ct);
        if (!read.Is(out var page, out var refused))
        {
            return Visit.Error(Refusals.Status(refused.Kind), refused.Message, visit.Path());
        }

        var frame = await Frame.ReadAsync(visit, Place.Audit);
        return frame.Show<AuditScreen>(
            new()
            {
                ["Page"] = page,
                ["Act"] = act,
                ["Target"] = target,
            }
        );
    }
}
