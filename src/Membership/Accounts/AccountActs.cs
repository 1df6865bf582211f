using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace UserManagement.Membership.Accounts;

/// <summary>Registers the acts of this folder; they need a <see cref="Data.Store"/>.</summary>
public static class AccountActs
{
    /// <summary>Adds them, and the rules for passwords unless others are there.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.TryAddSingleton(new PasswordRules());
        services.TryAddSingleton<CreateLocalAccount>();
        services.TryAddSingleton<EndSessions>();
        services.TryAddSingleton<ListWorkspaces>();
        services.TryAddSingleton<ProveAddress>();
        services.TryAddSingleton<ReadSession>();
        services.TryAddSingleton<RequestPasswordReset>();
        services.TryAddSingleton<ResetPassword>();
        services.TryAddSingleton<SendPasswordReset>();
        services.TryAddSingleton<SetPassword>();
        services.TryAddSingleton<SignInLocally>();
        services.TryAddSingleton<SignOut>();
        services.TryAddSingleton<TouchActivity>();
        services.TryAddSingleton<UseOneTimeLink>();
        return services;
    }
}
