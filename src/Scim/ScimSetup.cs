using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Bulk;
using UserManagement.Scim.Discovery;
using UserManagement.Scim.Docs;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Http;
using UserManagement.Scim.Root;
using UserManagement.Scim.Users;

namespace UserManagement.Scim;

/// <summary>
/// Puts the SCIM door into a server: RFC 7643 and 7644 for each workspace at <c>/scim/v2/{workspace}</c>, and the page that explains it.
/// </summary>
public static class ScimSetup
{
    /// <summary>Registers the door. The server registers the core's <c>Store</c> itself.</summary>
    public static IServiceCollection AddScim(this IServiceCollection services, Action<ScimOptions>? configure = null)
    {
        services.AddOptions<ScimOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton<RecognizeScimToken>();
        services.TryAddSingleton<ProvisionMember>();
        services.TryAddSingleton<UpdateProvisionedMember>();
        services.TryAddSingleton<EndMember>();
        services.TryAddSingleton<CreateGroup>();
        services.TryAddSingleton<ReviseGroup>();
        services.TryAddSingleton<DeleteGroup>();
        services.TryAddSingleton<ProvisioningLog>();
        services.TryAddSingleton<ScimRateLimiter>();
        services.TryAddSingleton<ScimDoor>();
        services.TryAddSingleton<CursorPages>();
        services.TryAddSingleton<CrawlMarks>();
        services.TryAddSingleton<UserEndpoints>();
        services.TryAddSingleton<GroupEndpoints>();
        services.TryAddSingleton<BulkEndpoints>();
        services.TryAddSingleton<RootEndpoints>();
        return services;
    }

    /// <summary>Maps every address of the door, and <c>/docs</c>.</summary>
    public static IEndpointRouteBuilder MapScim(this IEndpointRouteBuilder endpoints)
    {
        var users = endpoints.ServiceProvider.GetRequiredService<UserEndpoints>();
        var groups = endpoints.ServiceProvider.GetRequiredService<GroupEndpoints>();
        var bulk = endpoints.ServiceProvider.GetRequiredService<BulkEndpoints>();
        var root = endpoints.ServiceProvider.GetRequiredService<RootEndpoints>();
        var routes = new ScimRoutes(endpoints.MapGroup(ScimOptions.Prefix + "/{workspace}").AllowAnonymous().ExcludeFromDescription());

        routes.Map("/Users", ("GET", users.ListAsync), ("POST", users.CreateAsync));
        routes.Map("/Users/.search", ("POST", users.SearchAsync));
        routes.Map(
            "/Users/{id}",
            ("GET", users.ReadAsync),
            ("PUT", users.ReplaceAsync),
            ("PATCH", users.PatchAsync),
            ("DELETE", users.DeleteAsync)
        );
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<ScimOptions>>().Value;
        // the door itself counts; what is a little too large is heard out, so that the client reads why
        var large = routes.WithBodiesUpTo((2L * options.MaxGroupBodyBytes) + options.MaxBodyBytes);
        large.Map("/Groups", ("GET", groups.ListAsync), ("POST", groups.CreateAsync));
        routes.Map("/Groups/.search", ("POST", groups.SearchAsync));
        large.Map(
            "/Groups/{id}",
            ("GET", groups.ReadAsync),
            ("PUT", groups.ReplaceAsync),
            ("PATCH", groups.PatchAsync),
            ("DELETE", groups.DeleteAsync)
        );

        routes.BegunOnce().Map("/Bulk", ("POST", bulk.RunAsync));

        routes.Map("/", ("GET", root.ListAsync));
        routes.Map("/.search", ("POST", root.SearchAsync));
        routes.Map("/ServiceProviderConfig", ("GET", DiscoveryEndpoints.ServiceProviderConfig));
        routes.Map("/ResourceTypes", ("GET", DiscoveryEndpoints.ResourceTypes));
        routes.Map("/ResourceTypes/{name}", ("GET", DiscoveryEndpoints.ResourceType));
        routes.Map("/Schemas", ("GET", DiscoveryEndpoints.Schemas));
        routes.Map("/Schemas/{urn}", ("GET", DiscoveryEndpoints.Schema));

        // RFC 7644 section 3.11
        routes.MapNotOffered("/Me", "/Me is not offered: only directories speak here, and a directory is no user.");
        routes.MapRest();

        // another version of the protocol (RFC 7644 section 3.13)
        endpoints.Map(ScimOptions.Root + "/{version}/{**rest}", ScimDoor.OtherVersionAsync).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet(DocsPage.Path, DocsEndpoint.Show).AllowAnonymous().ExcludeFromDescription();
        return endpoints;
    }
}
