using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>The operator says that a domain is a workspace's, without DNS. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class VerifyEmailDomain(Store store)
{
    /// <summary>Says it.</summary>
    public async Task<Outcome<EmailDomain>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<EmailDomain> id, CancellationToken ct) =>
        !actor.Unlimited
            ? Refusal.Forbidden("Only whoever runs the server may do this.")
            : await DomainAct.RunAsync(
                store,
                actor,
                workspaceId,
                id,
                "emailDomain.proven",
                (attempt, _, domain) =>
                    domain.VerifiedBy == DomainProof.Operator
                        ? domain
                        : domain with
                        {
                            VerifiedAt = attempt.At,
                            VerifiedBy = DomainProof.Operator,
                        },
                ct
            );
}
