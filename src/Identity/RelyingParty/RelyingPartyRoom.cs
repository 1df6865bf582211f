using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>Registers the relying party, and its word on connections that are to be stored; it needs the core, data protection, a clock and logging beside it.</summary>
public static class RelyingPartyRoom
{
    /// <summary>Registers it, one for the server, dialling by these rules (null for public addresses and https alone).</summary>
    public static IServiceCollection AddRelyingParty(this IServiceCollection services, OutboundRules? rules = null) =>
        services.AddSingleton(rules ?? new OutboundRules()).AddSingleton<RelyingParty>()
            .AddSingleton<ConnectionProbe>(provider => provider.GetRequiredService<RelyingParty>().ProbeAsync);
}
