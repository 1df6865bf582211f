using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using UserManagement.Api.Approvals;
using UserManagement.Api.Audit;
using UserManagement.Api.AuditStreams;
using UserManagement.Api.Billing;
using UserManagement.Api.Clients;
using UserManagement.Api.Connections;
using UserManagement.Api.Credentials;
using UserManagement.Api.Document;
using UserManagement.Api.Domains;
using UserManagement.Api.Groups;
using UserManagement.Api.Held;
using UserManagement.Api.Http;
using UserManagement.Api.Invitations;
using UserManagement.Api.Members;
using UserManagement.Api.Operators;
using UserManagement.Api.Portals;
using UserManagement.Api.Provisioning;
using UserManagement.Api.Reviews;
using UserManagement.Api.Rules;
using UserManagement.Api.Sessions;
using UserManagement.Api.Webhooks;
using UserManagement.Api.Workspaces;

namespace UserManagement.Api;

/// <summary>Puts the REST door into a host that has the core, antiforgery and the signed-in feature.</summary>
public static class ApiSetup
{
    /// <summary>Registers what the door needs.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">What the operator set; null for the defaults.</param>
    public static IServiceCollection AddApi(this IServiceCollection services, ApiSettings? settings = null)
    {
        services.TryAddSingleton(settings ?? new ApiSettings());
        services.TryAddSingleton<ApiLimits>();
        services.TryAddSingleton<ApiDoor>();
        return services;
    }

    /// <summary>Maps every call below <c>/api/v1</c>.</summary>
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        var api = new ApiTable(endpoints);
        WorkspaceEndpoints.Map(api);
        MemberEndpoints.Map(api);
        BulkEndpoints.Map(api);
        SeatEndpoints.Map(api);
        ReviewEndpoints.Map(api);
        SessionEndpoints.Map(api);
        InvitationEndpoints.Map(api);
        ImportEndpoints.Map(api);
        InviteLinkEndpoints.Map(api);
        DomainEndpoints.Map(api);
        GroupEndpoints.Map(api);
        RuleEndpoints.Map(api);
        ConnectionEndpoints.Map(api);
        ClientEndpoints.Map(api);
        CredentialEndpoints.Map(api);
        PortalLinkEndpoints.Map(api);
        WebhookEndpoints.Map(api);
        AuditStreamEndpoints.Map(api);
        AuditEndpoints.Map(api);
        ProvisioningEndpoints.Map(api);
        UndoEndpoints.Map(api);
        HeldEndpoints.Map(api);
        ApprovalEndpoints.Map(api);
        OperatorEndpoints.Map(api);
        DocumentEndpoints.Map(endpoints);
        ApiPages.Map(endpoints);
        StripeEndpoint.Map(endpoints);
        ApiStray.Map(endpoints);
    }
}
