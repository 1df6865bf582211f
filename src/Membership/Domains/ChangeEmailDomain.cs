using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// Says what addresses of a domain open, and with which role. Refusals: <c>forbidden</c>, <c>grantCeiling</c>, <c>notFound</c>,
/// <c>stale</c>, <c>domainNotProven</c>, a role that is none or an admin's.
/// </summary>
public sealed class ChangeEmailDomain(Store store)
{
    /// <summary>Says it, whatever was said before.</summary>
    public Task<Outcome<EmailDomain>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<EmailDomain> id,
        DomainJoin join,
        string? role,
        CancellationToken ct
    ) => RunAsync(actor, workspaceId, id, null, join, role, ct);

    /// <summary>Says it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The domain.</param>
    /// <param name="seen">The domain's version that the change is based on; null for any.</param>
    /// <param name="join">What an address of it opens.</param>
    /// <param name="role">The key of the role of whoever joins so; null for that of newcomers.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<EmailDomain>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<EmailDomain> id,
        long? seen,
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
                seen is { } version && domain.Version != version ? Refusal.Stale()
                : DomainRules.AgainstRole(workspace.Configuration, actor, role) is { } wrong ? wrong
                : join != DomainJoin.Off && domain.VerifiedAt is null
                    ? new Refusal(RefusalKind.Conflict, "domainNotProven", $"Prove first that {domain.Name} is yours.", "join")
                : domain with { Join = join, JoinRole = role },
            ct
        );
}
