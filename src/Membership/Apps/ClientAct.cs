using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
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

    /// <summary>Whether the actor may make or change them, or give them secrets: a person of late proof, or the operator.</summary>
    public static Refusal? Refuse(Actor actor, Id<Workspace>? workspaceId, DateTimeOffset at) =>
        RefuseEnd(actor, workspaceId, at) ?? CreateApiKey.NoProgram(actor);

    /// <summary>Whether the actor may take something away from them: programs too, for nothing of it outlives them.</summary>
    public static Refusal? RefuseEnd(Actor actor, Id<Workspace>? workspaceId, DateTimeOffset at) =>
        Demand(actor, workspaceId) ?? RecentAuthentication.Check(actor, at);

    /// <summary>
    /// Whether the actor may hand out what an app of these settings does for itself: whoever holds its secret has it. The directory's door
    /// is for who manages the directory, and a role for who may grant it.
    /// </summary>
    public static async Task<Refusal?> RefusePowersAsync(
        Attempt attempt,
        Actor actor,
        Id<Workspace>? workspaceId,
        ClientSettings settings,
        CancellationToken ct
    )
    {
        if (workspaceId is not { } workspace || !settings.AllowedScopes.Intersect(AppScopeNames.OfPrograms).Any())
        {
            return null;
        }

        return settings.AllowedScopes.Contains(AppScopeNames.Scim) && actor.Demand(workspace, Permission.ManageDirectory) is { } noDirectory
                ? noDirectory
            : settings.Role is null ? null
            : await WorkspaceContext.ByIdAsync(attempt.Db, workspace, ct) is { } context
                ? context.Configuration.MayGrant(actor, settings.Role)
            : Refusal.NotFound("workspace");
    }

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
            settings.ClientUri,
            settings.RedirectUris,
            settings.PostLogoutRedirectUris,
            settings.BackChannelLogoutUri,
            settings.RequireClientSecret,
            settings.IsNative,
            settings.RequireConsent,
            settings.AllowOfflineAccess,
            settings.AllowClientCredentials,
            settings.AllowIdTokenFormPost,
            settings.RequirePkce,
            settings.RequirePushedAuthorization,
            settings.AllowedScopes,
            settings.Attributes,
            settings.PairwiseSubject,
            settings.NeedsSeat,
            settings.Role,
            hasKeys = settings.JsonWebKeySet is not null,
        };
    }
}
