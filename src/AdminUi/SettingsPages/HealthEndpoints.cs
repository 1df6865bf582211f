using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.AdminUi.SettingsPages;

/// <summary>What is licensed and how much of it is used, and how the server does: for the roles that have these permissions.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/licensing", Gate.Page(Permission.ManageLicensing, LicensingAsync));
        routes.MapGet("/health", Gate.Page(Permission.ServerHealth, HealthAsync));
    }

    private static async Task<IResult> LicensingAsync(Visit visit) =>
        (await Frame.ReadAsync(visit, Place.Licensing)).Show<LicensingScreen>([]);

    private static async Task<IResult> HealthAsync(Visit visit) =>
        (await visit.Act<ReadServerHealth>().RunAsync(visit.Actor, visit.Workspace.Id, visit.Ct)).Is(out var health, out var refusal)
            ? (await Frame.ReadAsync(visit, Place.Health)).Show<HealthScreen>(new() { ["Health"] = health })
            : Visit.Error(Refusals.Status(refusal.Kind), refusal.Message, visit.Path());
}
