using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership;

/// <summary>Registers the core.</summary>
public static class MembershipRoom
{
    /// <summary>
    /// Registers every act and query of the core: the public classes that are made from a <see cref="Store"/> alone.
    /// The store itself is the host's to register. Acts keep no state of a request and live as long as the server.
    /// </summary>
    public static IServiceCollection AddMembership(this IServiceCollection services)
    {
        foreach (var type in typeof(MembershipRoom).Assembly.GetExportedTypes().Where(IsAct))
        {
            services.AddSingleton(type);
        }

        services.TryAddSingleton<Plans.IBilling, Plans.NoBilling>();
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<AnswerPasswordReset>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Connections.DropLogins>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Invitations.Imports.WorkInvitationImport>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Members.Bulk.WorkMemberChange>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Licensing.PromoteWaiting>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Apps.SpreadSessionLogout>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Apps.SpreadMemberLogout>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Apps.ReviewAppAccess>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Rules.WorkRuleRun>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Undo.WorkCycleUndo>());
        services.AddSingleton<IOutboxConsumer>(provider => provider.GetRequiredService<Holds.WorkHeld>());
        return services;
    }

    private static bool IsAct(Type type) =>
        type is { IsClass: true, IsAbstract: false }
        && type.GetConstructors() is [var only]
        && only.GetParameters() is [var first, ..]
        && first.ParameterType == typeof(Store);
}
