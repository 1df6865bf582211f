using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using UserManagement.Membership.Apps;
using UserManagement.Membership.AuditStreams;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Identity;

/// <summary>
/// Registers the relying party, and its word on connections that are to be stored; it needs the core, data protection, a clock and logging
/// beside it.
/// </summary>
public static class RelyingPartyRoom
{
    /// <summary>Registers it, one for the server, dialling by these rules (null for public addresses and https alone).</summary>
    public static IServiceCollection AddRelyingParty(this IServiceCollection services, OutboundRules? rules = null)
    {
        services.AddAuthentication();
        services.RemoveAll<IAuthenticationSchemeProvider>();
        services.AddSingleton<IAuthenticationSchemeProvider, ConnectionSchemes>();
        services.AddTransient<ConnectionHandler>();
        services.AddSingleton<ConnectionRows>();
        services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, ConnectionOptions>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>()
        );
        services.AddSingleton(provider => new Outbound(
            provider.GetRequiredService<OutboundRules>(),
            provider.GetRequiredService<ILogger<RelyingParty>>()
        ));
        services.AddSingleton(p => new RelyingParty(
            p.GetRequiredService<FindConnection>(),
            p.GetRequiredService<ConnectionRows>(),
            p.GetRequiredService<IDataProtectionProvider>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<RelyingParty>>()
        ));
        return services
            .AddSingleton(rules ?? new OutboundRules())
            .AddSingleton<ProviderProbe>()
            .AddSingleton<AppPost>(provider => provider.GetRequiredService<Outbound>().PostAsync)
            .AddSingleton<TlsWrite>(provider => new TlsLine(provider.GetRequiredService<OutboundRules>()).WriteAsync)
            .AddSingleton<WebhookPost>(provider => provider.GetRequiredService<Outbound>().PostAsync)
            .AddSingleton<ConnectionProbe>(provider => provider.GetRequiredService<ProviderProbe>().AskAsync);
    }
}
