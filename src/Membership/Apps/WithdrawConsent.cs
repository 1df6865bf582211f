using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Apps;

/// <summary>
/// Takes back what a person agreed that an app learns of them in a workspace: what it was given ends with it, and it is told. Refusals:
/// <c>notFound</c>.
/// </summary>
public sealed class WithdrawConsent(Store store)
{
    /// <summary>Takes it back.</summary>
    /// <param name="actor">The person as the member that they are.</param>
    /// <param name="accountId">The person.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="clientId">The app.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Client>> RunAsync(
        Actor actor,
        Id<Account> accountId,
        Id<Workspace> workspaceId,
        string clientId,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Client>(
            actor,
            workspaceId,
            "consent.withdrawn",
            async attempt =>
            {
                if (actor.Workspace != workspaceId)
                {
                    return Refusal.NotFound("workspace");
                }

                var (account, workspace) = ((Id<Account>?)accountId, (Id<Workspace>?)workspaceId);
                var client = await attempt
                    .Db.Clients.AsNoTracking()
                    .FirstOrDefaultAsync(c => c.ClientId == clientId && (c.WorkspaceId == workspace || c.WorkspaceId == null), ct);
                var app = client?.Id;
                var given = await attempt
                    .Db.AppGrants.AsNoTracking()
                    .Where(g =>
                        g.AccountId == account
                        && g.WorkspaceId == workspace
                        && g.ApplicationId == app
                        && g.Type == AppAccess.Permanent
                        && g.Status == AppAccess.Valid
                    )
                    .Select(g => g.Scopes)
                    .ToListAsync(ct);
                if (client is null || given.Count == 0)
                {
                    return Refusal.NotFound("consent");
                }

                End(attempt, client.Id, accountId, workspaceId);
                attempt.Changes.TellFacts(
                    "consent.withdrawn",
                    workspaceId,
                    ("client", client.Id, client.DisplayName),
                    new { scopes = given.SelectMany(StoredList.Read).Distinct().ToList() },
                    null
                );
                return client;
            },
            ct
        );

    private static void End(Attempt attempt, Guid client, Id<Account> account, Id<Workspace> workspace)
    {
        const string which = "application_id = $1 AND account_id = $2 AND workspace_id = $3";
        var about = new[] { Value.Of("$1", client), Value.Of("$2", account.Value), Value.Of("$3", workspace.Value) };
        attempt.Changes.Execute(new($"DELETE FROM oidc_grants WHERE {which} AND type = '{AppAccess.Permanent}'", about));
        attempt.Changes.Execute(
            new(
                $"UPDATE oidc_grants SET status = '{AppAccess.Revoked}', ended_at = $4, end_cause = $5 WHERE {which} "
                    + $"AND status = '{AppAccess.Valid}' AND type = '{AppAccess.AdHoc}'",
                [.. about, Value.Of("$4", attempt.At.ToUnixTimeMilliseconds()), Value.Of("$5", $"consent.withdrawn {attempt.Actor.Door}")]
            )
        );

        // from this the apps are told whose grants ended and were not told yet: this one alone
        attempt.Changes.Send(OutboxKind.AppMemberEnded, account.Value, "app:" + account.Value.ToString("D"), workspace);
    }
}
