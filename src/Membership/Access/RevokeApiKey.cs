using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Access;

/// <summary>Revokes a key: its next request is refused. Refusals: <c>forbidden</c>, <c>grantCeiling</c>, <c>notFound</c>.</summary>
public sealed class RevokeApiKey(Store store)
{
    /// <summary>Revokes it; nothing happens when it was revoked already.</summary>
    public Task<Outcome<ApiKey>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<ApiKey> id, CancellationToken ct) =>
        store.ChangeAsync<ApiKey>(
            actor,
            workspaceId,
            "apiKey.revoked",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await attempt.Db.ApiKeys.AsNoTracking().FirstOrDefaultAsync(k => k.WorkspaceId == workspaceId && k.Id == id, ct)
                        is not { } row
                )
                {
                    return Refusal.NotFound("key");
                }

                if (workspace.Configuration.MayTouch(actor, row.Role) is { } beyond)
                {
                    return beyond;
                }

                if (row.RevokedAt is not null)
                {
                    return row;
                }

                var revoked = row with { RevokedAt = attempt.At };
                attempt.Changes.Update(row, revoked);
                attempt.Changes.Tell("apiKey.revoked", workspaceId, ("apiKey", id.Value, row.Name), row, revoked);
                return revoked;
            },
            ct
        );
}
