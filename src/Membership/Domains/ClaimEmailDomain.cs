using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// A workspace claims an e-mail domain. It opens nothing yet. Refusals: <c>forbidden</c>, <c>notFound</c>, <c>freeMail</c>,
/// <c>domainTaken</c> where it claimed it before, <c>tooMany</c>, what is no domain.
/// </summary>
public sealed class ClaimEmailDomain(Store store)
{
    /// <summary>Claims it.</summary>
    public Task<Outcome<EmailDomain>> RunAsync(Actor actor, Id<Workspace> workspaceId, string name, CancellationToken ct) =>
        store.ChangeAsync<EmailDomain>(
            actor,
            workspaceId,
            "emailDomain.claimed",
            async attempt =>
            {
                if ((await DomainAct.OpenAsync(attempt.Db, actor, workspaceId, ct, PortalScopes.Domain)).Refusal is { } refused)
                {
                    return refused;
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
                    return new Refusal(
                        RefusalKind.Conflict,
                        "tooMany",
                        $"A workspace claims at most {DomainRules.Most} domains.",
                        "domain"
                    );
                }

                var claimed = new EmailDomain
                {
                    WorkspaceId = workspaceId,
                    Id = Id<EmailDomain>.New(attempt.Time),
                    Name = domain,
                    Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), // nobody can guess it, and everybody may read it
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
