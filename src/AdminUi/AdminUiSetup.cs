using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using UserManagement.AdminUi.AccessPages;
using UserManagement.AdminUi.AppPages;
using UserManagement.AdminUi.ApprovalPages;
using UserManagement.AdminUi.AuditPages;
using UserManagement.AdminUi.DirectoryPages;
using UserManagement.AdminUi.GroupPages;
using UserManagement.AdminUi.HeldPages;
using UserManagement.AdminUi.Http;
using UserManagement.AdminUi.InvitationPages;
using UserManagement.AdminUi.KeyPages;
using UserManagement.AdminUi.MemberPages;
using UserManagement.AdminUi.OperatorPages;
using UserManagement.AdminUi.PlanPages;
using UserManagement.AdminUi.PortalPages;
using UserManagement.AdminUi.ProvisioningPages;
using UserManagement.AdminUi.ReviewPages;
using UserManagement.AdminUi.RulePages;
using UserManagement.AdminUi.SettingsPages;
using UserManagement.AdminUi.SignInPages;
using UserManagement.AdminUi.StreamPages;
using UserManagement.AdminUi.WebhookPages;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;

namespace UserManagement.AdminUi;

/// <summary>
/// Puts the admin pages into a host that has the core with its <c>Links</c>, <c>AddUi</c>, data protection and sign-in; nothing else is to
/// be registered.
/// </summary>
public static class AdminUiSetup
{
    private const int MostFormBytes = 256 * 1024;

    /// <summary>Maps every page below <c>/w/{slug}</c>. The signed-in person is taken from the request's features.</summary>
    public static IEndpointConventionBuilder MapAdminUi(this IEndpointRouteBuilder endpoints)
    {
        LogoEndpoints.MapPublic(endpoints);
        OperatorEndpoints.Map(endpoints);
        PortalEndpoints.Map(endpoints);
        var routes = endpoints.MapGroup("/w/{slug}");
        routes.MapGet("", Gate.Page(null, HomeAsync));
        ListEndpoints.Map(routes);
        MemberEndpoints.Map(routes);
        BulkEndpoints.Map(routes);
        EraseEndpoints.Map(routes);
        SeatEndpoints.Map(routes);
        PlanEndpoints.Map(routes);
        ReviewEndpoints.Map(routes);
        InvitationEndpoints.Map(routes);
        ImportEndpoints.Map(routes);
        InviteLinkEndpoints.Map(routes);
        GroupEndpoints.Map(routes);
        AccessEndpoints.Map(routes);
        SignInEndpoints.Map(routes);
        AppEndpoints.Map(routes);
        MyAppsEndpoints.Map(routes);
        DirectoryEndpoints.Map(routes);
        MappingEndpoints.Map(routes);
        PortalLinkEndpoints.Map(routes);
        ProvisioningEndpoints.Map(routes);
        UndoEndpoints.Map(routes);
        HeldEndpoints.Map(routes);
        ApprovalEndpoints.Map(routes);
        RuleEndpoints.Map(routes);
        KeyEndpoints.Map(routes);
        WebhookEndpoints.Map(routes);
        AuditEndpoints.Map(routes);
        StreamEndpoints.Map(routes);
        SettingsEndpoints.Map(routes);
        return routes.ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(MostFormBytes), new AdminUiRoute());
    }

    /// <summary>
    /// Whether the start page of a workspace is the list of its people: not for whoever is to see there whom to ask about AI, which those
    /// who configure find in the settings.
    /// </summary>
    private static bool LeadsToList(Visit visit) =>
        visit.Actor.May(Permission.ReadMembers)
        && (
            visit.Actor.May(Permission.ConfigureWorkspace)
            || visit.Words.Coordinator is null
            || AiCoordinator.Of(visit.Workspace.Row) is null
        );

    private static async Task<IResult> HomeAsync(Visit visit) =>
        LeadsToList(visit)
            ? Visit.SeeOther(visit.Path("/members"))
            : (await Frame.ReadAsync(visit, Place.Home)).Show<HomeScreen>(
                new()
                {
                    ["Apps"] = await MyAppsEndpoints.ReadAsync(visit),
                    ["SeatPlace"] = await visit.Act<Membership.Licensing.ReadSeatLine>().PlaceAsync(visit.Me, visit.Ct),
                }
            );
}

/// <summary>Marks the routes of this room, so that a test can ask for a row for each of them.</summary>
public sealed class AdminUiRoute;
