using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>What a sign-in of an admin to one of the workspace's apps would come to.</summary>
/// <param name="Client">The app.</param>
/// <param name="Workspace">The workspace.</param>
/// <param name="Claims">What it may learn of the admin; null when it would be refused.</param>
/// <param name="Refusal">Why it would be refused; null when it would not.</param>
public sealed record ClientTrial(Client Client, WorkspaceContext Workspace, AppClaims? Claims, Refusal? Refusal);

/// <summary>
/// Tries a sign-in to an app of a workspace, by the same rules as a real one; nothing is given and nothing is written. Refusals:
/// <c>forbidden</c>, <c>notFound</c>, <c>signInAgain</c> and what else the session owes, <c>programOnly</c>.
/// </summary>
public sealed class TryClient(Store store)
{
    /// <summary>Tries it.</summary>
    /// <param name="session">The session of the admin.</param>
    /// <param name="slug">The workspace.</param>
    /// <param name="clientId">The app.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<Outcome<ClientTrial>> RunAsync(Id<Session> session, string slug, string clientId, CancellationToken ct)
    {
        if (await new ReadSession(store).OfAsync(session, slug, ct) is not { } who)
        {
            return RecentAuthentication.Needed();
        }

        if ((who.Barred ?? SignInDemands.Refuse(who.Demand)) is { } owed)
        {
            return owed;
        }

        if (who is not { Actor: { } actor, Workspace: { } workspace })
        {
            return Refusal.NotFound("workspace");
        }

        if (ClientAct.Demand(actor, workspace.Id) is { } refused)
        {
            return refused;
        }

        Client? client;
        await using (var db = store.Read())
        {
            client = await db.Clients.AsNoTracking().FirstOrDefaultAsync(c => c.ClientId == clientId && c.WorkspaceId == workspace.Id, ct);
        }

        if (client is null)
        {
            return Refusal.NotFound("app");
        }

        return ClientSettings.Of(client).RedirectUris.Count == 0
                ? new Refusal(RefusalKind.Conflict, "programOnly", "Nobody signs in to this app: it acts for itself.")
            : (await new ReadAppClaims(store).RunAsync(client, session, workspace.Id, allGroups: false, ct)).Is(out var claims, out var no)
                ? new ClientTrial(client, workspace, claims, null)
            : new ClientTrial(client, workspace, null, no);
    }
}
