using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// The operator's gate: whether people may join a workspace by their e-mail domain at all, whatever its admins set. Refusals:
/// <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class AllowDomainJoin(Store store)
{
    /// <summary>Opens or shuts it.</summary>
    public Task<Outcome<Workspace>> RunAsync(Actor actor, Id<Workspace> workspaceId, bool isAllowed, CancellationToken ct) =>
        store.ChangeAsync<Workspace>(
            actor,
            workspaceId,
            "domainJoin.allowed",
            async attempt =>
            {
                if (!actor.Unlimited)
                {
                    return Refusal.Forbidden("Only whoever runs the server may do this.");
                }

                if (await attempt.Db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.Id == workspaceId, ct) is not { } row)
                {
                    return Refusal.NotFound("workspace");
                }

                if (row.DomainJoinAllowed == isAllowed)
                {
                    return row;
                }

                var changed = row with { DomainJoinAllowed = isAllowed, Version = row.Version + 1 };
                attempt.Changes.Update(row, changed);
                attempt.Changes.TellFacts(
                    "domainJoin.allowed",
                    workspaceId,
                    ("workspace", workspaceId.Value, row.Name),
                    new { allowed = row.DomainJoinAllowed == true },
                    new { allowed = isAllowed }
                );
                return changed;
            },
            ct
        );
}
