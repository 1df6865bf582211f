using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>What the acts on apps share.</summary>
internal static class ClientAct
{
    /// <summary>Whether the actor may see the apps of a workspace, or with null those of the installation.</summary>
    public static Refusal? Demand(Actor actor, Id<Workspace>? workspaceId) =>
        workspaceId is { } workspace ? actor.Demand(workspace, Permission.ConfigureWorkspace)
        : actor.Unlimited ? null
        : Refusal.Forbidden("Apps of the whole installation are the operator's.");

    /// <summary>Whether the actor may change them: a person of late proof, or the operator.</summary>
    public static Refusal? Refuse(Actor actor, Id<Workspace>? workspaceId, DateTimeOffset at) =>
        Demand(actor, workspaceId) ?? CreateApiKey.NoProgram(actor) ?? RecentAuthentication.Check(actor, at);

    public static Task<Client?> FindAsync(Attempt attempt, Id<Workspace>? workspaceId, string clientId, CancellationToken ct) =>
        attempt.Db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.ClientId == clientId && c.WorkspaceId == workspaceId, ct);

    /// <summary>What the audit log says of an app; its secrets are left out.</summary>
    public static object Facts(Client client)
    {
        var settings = ClientSettings.Of(client);
        return new
        {
            clientId = client.ClientId,
            settings.ClientName,
            settings.RedirectUris,
            settings.PostLogoutRedirectUris,
            settings.BackChannelLogoutUri,
            settings.RequireClientSecret,
            settings.IsNative,
            settings.RequireConsent,
            settings.AllowOfflineAccess,
            settings.AllowClientCredentials,
            settings.AllowIdTokenFormPost,
            settings.RequirePushedAuthorization,
            settings.AllowedScopes,
            settings.PairwiseSubject,
            settings.NeedsSeat,
            hasKeys = settings.JsonWebKeySet is not null,
        };
    }
}
