using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using UserManagement.Identity.Home;
using UserManagement.Identity.Http;
using UserManagement.Identity.Invite;
using UserManagement.Identity.Logins;
using UserManagement.Identity.Portal;
using UserManagement.Identity.SecondFactor;
using UserManagement.Identity.Sessions;
using UserManagement.Identity.SignIn;
using UserManagement.Membership.Accounts;

namespace UserManagement.Identity;

/// <summary>Puts the sign-in door into a host that has the core, <c>AddUi</c>, data protection and the signed-in feature.</summary>
public static class IdentitySetup
{
    private const int MostFormBytes = 64 * 1024;

    /// <summary>Registers what the door needs.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="settings">What the operator set; null for the defaults.</param>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IdentitySettings? settings = null)
    {
        services.TryAddSingleton(settings ?? new IdentitySettings());
        services.TryAddSingleton(new PasswordRules());
        services.TryAddSingleton<AddressLimits>();
        return services;
    }

    /// <summary>Maps every page of the door.</summary>
    public static IEndpointConventionBuilder MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("");
        SignInEndpoints.Map(routes);
        ProviderEndpoints.Map(routes);
        LinkEndpoints.Map(routes);
        PasswordEndpoints.Map(routes);
        InviteEndpoints.Map(routes);
        HomeEndpoints.Map(routes);
        JoinEndpoints.Map(routes);
        SentEndpoints.Map(routes);
        TermsEndpoints.Map(routes);
        SecondEndpoints.Map(routes);
        SecurityEndpoints.Map(routes);
        SessionEndpoints.Map(routes);
        PortalEndpoints.Map(routes);
        return routes.ExcludeFromDescription().WithMetadata(new RequestSizeLimitAttribute(MostFormBytes));
    }
}
