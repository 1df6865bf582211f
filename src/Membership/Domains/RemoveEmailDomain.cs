using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// A workspace gives a domain up: it opens nothing any more, and requests that came by it can no longer be approved. Who is in stays.
/// Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class RemoveEmailDomain(Store store)
{
    /// <summary>Gives it up.</summary>
    public Task<Outcome<EmailDomain>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<EmailDomain> id, CancellationToken ct) =>
        store.ChangeAsync<EmailDomain>(
            actor,
            workspaceId,
            "emailDomain.removed",
            async attempt =>
            {
                if ((await DomainAct.OpenAsync(attempt.Db, actor, workspaceId, ct)).Refusal is { } refused)
                {
                    return refused;
                }

                if (
                    await attempt.Db.EmailDomains.AsNoTracking().FirstOrDefaultAsync(d => d.WorkspaceId == workspaceId && d.Id == id, ct)
                    is not { } domain
                )
                {
                    return Refusal.NotFound("domain");
                }

                attempt.Changes.Remove(domain);
                attempt.Changes.Tell("emailDomain.removed", workspaceId, ("emailDomain", id.Value, domain.Name), before: domain);
                return domain;
            },
            ct
        );
}
