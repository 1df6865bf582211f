using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// Asks DNS whether a domain is the workspace's: the record that only who runs the domain can make. A record that is gone takes the proof
/// back, but for one that the operator gave; a DNS that does not answer changes nothing. Refusals: <c>forbidden</c>, <c>notFound</c>,
/// <c>dnsSilent</c>, <c>recordMissing</c>.
/// </summary>
public sealed class CheckEmailDomain(Store store, DomainRecords records)
{
    /// <summary>Asks.</summary>
    public async Task<Outcome<EmailDomain>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<EmailDomain> id, CancellationToken ct)
    {
        EmailDomain? seen;
        await using (var db = store.Read())
        {
            if ((await DomainAct.OpenAsync(db, actor, workspaceId, ct, PortalScopes.Domain)).Refusal is { } refused)
            {
                return refused;
            }

            seen = await db.EmailDomains.AsNoTracking().FirstOrDefaultAsync(d => d.WorkspaceId == workspaceId && d.Id == id, ct);
        }

        return seen is null ? Refusal.NotFound("domain") : await AskAsync(actor, seen, ct);
    }

    /// <summary>Asks about a domain that is at hand, whoever acts.</summary>
    internal async Task<Outcome<EmailDomain>> AskAsync(Actor actor, EmailDomain seen, CancellationToken ct)
    {
        if (await records(seen.Record, ct) is not { } texts)
        {
            return new Refusal(
                RefusalKind.Unavailable,
                "dnsSilent",
                $"The name servers of {seen.Name} did not answer. Nothing was changed; try again later.",
                RetryAfter: TimeSpan.FromMinutes(1)
            );
        }

        var isThere = texts.Any(t => t.Trim() == seen.RecordValue);
        var outcome = await store.ChangeAsync<EmailDomain>(
            actor,
            seen.WorkspaceId,
            isThere ? "emailDomain.proven" : "emailDomain.checked",
            async attempt =>
            {
                if (
                    await attempt
                        .Db.EmailDomains.AsNoTracking()
                        .FirstOrDefaultAsync(d => d.WorkspaceId == seen.WorkspaceId && d.Id == seen.Id && d.Token == seen.Token, ct)
                    is not { } domain
                )
                {
                    return Refusal.NotFound("domain");
                }

                var isLost = !isThere && domain.VerifiedBy == DomainProof.Dns;
                var after = domain with
                {
                    CheckedAt = attempt.At,
                    VerifiedAt =
                        isThere ? domain.VerifiedAt ?? attempt.At
                        : isLost ? null
                        : domain.VerifiedAt,
                    VerifiedBy =
                        isThere ? domain.VerifiedBy ?? DomainProof.Dns
                        : isLost ? null
                        : domain.VerifiedBy,
                    Version = domain.Version + 1,
                };
                attempt.Changes.Update(domain, after);
                if (after.VerifiedAt != domain.VerifiedAt)
                {
                    attempt.Changes.Tell(
                        isThere ? "emailDomain.proven" : "emailDomain.proofLost",
                        seen.WorkspaceId,
                        ("emailDomain", domain.Id.Value, domain.Name),
                        domain,
                        after
                    );
                }

                return after;
            },
            ct
        );
        return outcome.Is(out var changed, out var refusal) && changed.VerifiedAt is null
                ? new Refusal(
                    RefusalKind.Conflict,
                    "recordMissing",
                    $"There is no TXT record at {seen.Record} that holds {seen.RecordValue}. A new record takes some minutes until everybody sees it."
                )
            : outcome.Done ? outcome
            : refusal!;
    }
}
