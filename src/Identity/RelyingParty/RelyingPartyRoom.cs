using Microsoft.Extensions.DependencyInjection;

namespace UserManagement.Identity;

/// <summary>Registers the relying party; it needs the core, data protection, a clock and logging beside it.</summary>
public static class RelyingPartyRoom
{
    /// <summary>Registers it, one for the server, dialling by these rules (null for public addresses and https alone).</summary>
    public static IServiceCollection AddRelyingParty(this IServiceCollection services, OutboundRules? rules = null) =>
        services.AddSingleton(rules ?? new OutboundRules()).AddSingleton<RelyingParty>();
}
