using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>What every act on a domain of a workspace has in common.</summary>
internal static class DomainAct
{
    /// <summary>Plans and runs the act on a domain that is claimed.</summary>
    public static Task<Outcome<EmailDomain>> RunAsync(
        Store store,
        Actor actor,
        Id<Workspace> workspaceId,
        Id<EmailDomain> id,
        string act,
        Func<Attempt, WorkspaceContext, EmailDomain, Outcome<EmailDomain>> change,
        CancellationToken ct
    ) =>
        store.ChangeAsync<EmailDomain>(
            actor,
            workspaceId,
            act,
            async attempt =>
            {
                if (!(await OpenAsync(attempt.Db, actor, workspaceId, ct)).Is(out var workspace, out var refusal))
                {
                    return refusal;
                }

                if (
                    await attempt.Db.EmailDomains.AsNoTracking().FirstOrDefaultAsync(d => d.WorkspaceId == workspaceId && d.Id == id, ct)
                    is not { } domain
                )
                {
                    return Refusal.NotFound("domain");
                }

                if (!change(attempt, workspace, domain).Is(out var changed, out refusal))
                {
                    return refusal;
                }

                if (changed != domain)
                {
                    changed = changed with { Version = domain.Version + 1 };
                    attempt.Changes.Update(domain, changed);
                    attempt.Changes.Tell(act, workspaceId, ("emailDomain", id.Value, domain.Name), domain, changed);
                }

                return changed;
            },
            ct
        );

    /// <summary>The workspace, for who may configure it, and for links to the set-up portal where they are named.</summary>
    public static async Task<Outcome<WorkspaceContext>> OpenAsync(
        MembershipDb db,
        Actor actor,
        Id<Workspace> workspaceId,
        CancellationToken ct,
        PortalScopes orLink = PortalScopes.None
    ) =>
        actor.Demand(workspaceId, Permission.ConfigureWorkspace, orLink) is { } refused ? refused
        : await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is { } workspace ? workspace
        : Refusal.NotFound("workspace");
}
