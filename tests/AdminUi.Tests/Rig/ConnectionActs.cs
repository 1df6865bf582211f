using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Connections;

namespace UserManagement.AdminUi.Tests.Rig;

/// <summary>Connections as there are before a test begins.</summary>
public static class ConnectionActs
{
    /// <summary>One to Google that the operator made for all workspaces; nobody asks Google.</summary>
    public static async Task<IdentityConnection> PlatformConnectionAsync(this AdminSite site) =>
        (
            await site
                .Server.Service<CreateConnection>()
                .RunAsync(
                    Actor.Operator,
                    default,
                    new()
                    {
                        Kind = ConnectionKind.Google,
                        Name = "Google",
                        Authority = ConnectionCheck.Google,
                        ClientId = "client",
                        Credential = "a-client-secret-of-nobody",
                    },
                    (_, _) => Task.FromResult<Refusal?>(null),
                    default
                )
        ).Value;
}
