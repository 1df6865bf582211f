using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>
/// Asks DNS once a day about each domain that lets people in by its record (<see cref="CheckEmailDomain"/>): whoever lost a domain is
/// followed by its next owner, and nobody may be let in by a proof of long ago. A DNS that does not answer changes nothing and is asked
/// again at the next look. Any number of servers may look at once.
/// </summary>
public sealed class RecheckEmailDomains(Store store, CheckEmailDomain check)
{
    /// <summary>How long what DNS said is taken for true.</summary>
    public static readonly TimeSpan Trusted = TimeSpan.FromDays(1);

    private const int Page = 100;
    private const int MostPages = 20;
    private const int AtOnce = 8;

    /// <summary>Looks once.</summary>
    /// <returns>Those whose record is gone: they open nothing any more.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        List<string> lost = [];
        var before = store.Time.Now() - Trusted;
        (Id<Workspace> Workspace, Id<EmailDomain> Id) after = default;
        for (var page = 0; page < MostPages; page++)
        {
            List<EmailDomain> due;
            await using (var db = store.Read())
            {
                due = await db
                    .EmailDomains.AsNoTracking()
                    .Where(d =>
                        d.VerifiedAt != null
                        && d.VerifiedBy == DomainProof.Dns
                        && d.Join != DomainJoin.Off
                        && (d.CheckedAt == null || d.CheckedAt < before)
                        && (d.WorkspaceId > after.Workspace || (d.WorkspaceId == after.Workspace && d.Id > after.Id))
                    )
                    .OrderBy(d => d.WorkspaceId)
                    .ThenBy(d => d.Id)
                    .Take(Page)
                    .ToListAsync(ct);
            }

            foreach (var some in due.Chunk(AtOnce))
            {
                var asked = await Task.WhenAll(some.Select(async d => (d.Name, (await check.AskAsync(Actor.System, d, ct)).Refusal?.Code)));
                lost.AddRange(asked.Where(a => a.Code == "recordMissing").Select(a => a.Name));
            }

            if (due.Count < Page)
            {
                break;
            }

            after = (due[^1].WorkspaceId, due[^1].Id);
        }

        return lost;
    }
}
