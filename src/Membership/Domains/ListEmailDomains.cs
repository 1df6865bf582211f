using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>The domains that a workspace claims.</summary>
/// <param name="IsAllowed">Whether the operator lets people join by domain here.</param>
/// <param name="Domains">The domains by name.</param>
public sealed record WorkspaceDomains(bool IsAllowed, IReadOnlyList<EmailDomain> Domains);

/// <summary>Lists them. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ListEmailDomains(Store store)
{
    /// <summary>Lists them.</summary>
    public async Task<Outcome<WorkspaceDomains>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        await using var db = store.Read();
        return (await DomainAct.OpenAsync(db, actor, workspaceId, ct, PortalScopes.Domain)).Is(out var workspace, out var refusal)
            ? new WorkspaceDomains(
                workspace.Row.DomainJoinAllowed == true,
                await db.EmailDomains.AsNoTracking().Where(d => d.WorkspaceId == workspaceId).OrderBy(d => d.Name).ToListAsync(ct)
            )
            : refusal;
    }
}
