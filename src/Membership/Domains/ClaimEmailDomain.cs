using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// A workspace claims an e-mail domain, and says what it is to open once it is proven. Refusals: <c>forbidden</c>, <c>grantCeiling</c>,
/// <c>notFound</c>, <c>freeMail</c>, <c>domainTaken</c> where it claimed it before, <c>tooMany</c>, what is no domain.
/// </summary>
public sealed class ClaimEmailDomain(Store store)
{
    /// <summary>Claims it; it opens nothing.</summary>
    public Task<Outcome<EmailDomain>> RunAsync(Actor actor, Id<Workspace> workspaceId, string name, CancellationToken ct) =>
        RunAsync(actor, workspaceId, name, DomainJoin.Off, null, ct);

    /// <summary>Claims it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="name">The domain, as it was typed.</param>
    /// <param name="join">What an address of it opens once it is proven.</param>
    /// <param name="role">The key of the role of whoever joins so; null for that of newcomers.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<EmailDomain>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        string name,
        DomainJoin join,
        string? role,
        CancellationToken ct
    ) =>
        store.ChangeAsync<EmailDomain>(
            actor,
            workspaceId,
            "emailDomain.claimed",
            async attempt =>
            {
                var open = await DomainAct.OpenAsync(attempt.Db, actor, workspaceId, ct, PortalScopes.Domain);
                if (!open.Is(out var workspace, out var refused))
                {
                    return refused;
                }

                if (
                    (join, role) is not (DomainJoin.Off, null)
                    && (
                        actor.Demand(workspaceId, Permission.ConfigureWorkspace)
                        ?? DomainRules.AgainstRole(workspace.Configuration, actor, role)
                    )
                        is { } beyond
                )
                {
                    return beyond; // a set-up link proves a domain; what it opens is the admins' word
                }

                if (!DomainRules.Check(name).Is(out var domain, out var wrong))
                {
                    return wrong;
                }

                var there = await attempt.Db.EmailDomains.Where(d => d.WorkspaceId == workspaceId).Select(d => d.Name).ToListAsync(ct);
                if (there.Contains(domain))
                {
                    return new Refusal(RefusalKind.Conflict, "domainTaken", $"{domain} is claimed here already.", "domain");
                }

                if (there.Count >= DomainRules.Most)
                {
                    return new Refusal(RefusalKind.Conflict, "tooMany", $"At most {DomainRules.Most} domains can be claimed.", "domain");
                }

                var claimed = new EmailDomain
                {
                    WorkspaceId = workspaceId,
                    Id = Id<EmailDomain>.New(attempt.Time),
                    Name = domain,
                    Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), // nobody can guess it, and everybody may read it
                    Join = join,
                    JoinRole = role,
                    CreatedAt = attempt.At,
                    Version = 1,
                };
                attempt.Changes.Add(claimed);
                attempt.Changes.Tell("emailDomain.claimed", workspaceId, ("emailDomain", claimed.Id.Value, domain), after: claimed);
                return claimed;
            },
            ct
        );
}
