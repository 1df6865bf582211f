using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// Says what addresses of a domain open, and with which role. Refusals: <c>forbidden</c>, <c>grantCeiling</c>, <c>notFound</c>,
/// <c>domainNotProven</c>, a role that is none or an admin's.
/// </summary>
public sealed class ChangeEmailDomain(Store store)
{
    /// <summary>Says it.</summary>
    public Task<Outcome<EmailDomain>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<EmailDomain> id,
        DomainJoin join,
        string? role,
        CancellationToken ct
    ) =>
        DomainAct.RunAsync(
            store,
            actor,
            workspaceId,
            id,
            "emailDomain.changed",
            (_, workspace, domain) =>
                DomainRules.AgainstRole(workspace.Configuration, actor, role) is { } wrong ? wrong
                : join != DomainJoin.Off && domain.VerifiedAt is null
                    ? new Refusal(RefusalKind.Conflict, "domainNotProven", $"Prove first that {domain.Name} is yours.", "join")
                : domain with { Join = join, JoinRole = role },
            ct
        );
}
