using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;

namespace UserManagement.Membership.Retention;

/// <summary>What a sweep took, in rows of each kind; kinds of which nothing was due are left out.</summary>
/// <param name="Taken">Pieces of at most <see cref="Sweep.Piece"/> rows that were sent for each kind, and people who were erased.</param>
/// <param name="IsMore">Whether more is due: one run does a bounded part.</param>
public sealed record Swept(IReadOnlyDictionary<string, int> Taken, bool IsMore);

/// <summary>
/// Takes away what is over, so that nothing grows with it: the one place that does. Any number of servers may run it at once; where
/// nothing is due it reads once and writes nothing.
/// </summary>
public sealed class SweepOver(Store store)
{
    private const int MostPieces = 40;
    private const int MostPersons = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Runs once.</summary>
    /// <param name="rules">How long what is kept.</param>
    /// <param name="ct">Stops it between two pieces.</param>
    public async Task<Swept> RunAsync(RetentionRules rules, CancellationToken ct)
    {
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        var isMore = false;
        var sweeps = Sweep.All(rules, store.Time.Now());
        var batch = new ReadBatch();
        var due = sweeps.Select(s => (Sweep: s, Any: s.IsAny(batch))).ToList();
        await using (var db = store.Read())
        {
            await batch.RunAsync(db, ct);
        }

        foreach (var (sweep, _) in due.Where(d => d.Any.First))
        {
            isMore |= await RunAsync(sweep, taken, ct);
        }

        isMore |= await EraseAsync(rules, taken, ct);
        var (pieces, isMoreOfLog) = await new SweepProvisioning(store).RunAsync(ct);
        if (pieces > 0)
        {
            taken["provisioning log"] = pieces;
            isMore |= isMoreOfLog;
        }

        var (accounts, isMoreOfThem) = await new SweepAccounts(store).RunAsync(rules.UnusedAccounts, ct);
        if (accounts > 0)
        {
            taken["accounts that came to nothing"] = accounts;
            isMore |= isMoreOfThem;
        }

        return new(taken, isMore);
    }

    /// <summary>Those whose membership ended longest ago first; each server begins at another, so that two seldom do the same.</summary>
    private async Task<bool> EraseAsync(RetentionRules rules, Dictionary<string, int> taken, CancellationToken ct)
    {
        List<Member> due;
        await using (var db = store.Read())
        {
            var before = store.Time.Now() - rules.EndedMembers;
            due = await db
                .Members.AsNoTracking()
                .Where(m => m.State == MemberState.Ended && m.ModifiedAt < before)
                // who goes on in another row is erased with it
                .Where(m => m.MergedInto == null || !db.Members.Any(o => o.WorkspaceId == m.WorkspaceId && o.Id == m.MergedInto))
                .OrderBy(m => m.ModifiedAt)
                .Take(MostPersons)
                .ToListAsync(ct);
        }

        var erase = new ErasePerson(store);
        foreach (var member in due.OrderBy(_ => Random.Shared.Next()))
        {
            if ((await erase.EraseAsync(Actor.System, member.WorkspaceId, member.Id, false, ct)).Done)
            {
                taken["ended members"] = taken.GetValueOrDefault("ended members") + 1;
            }
        }

        return due.Count == MostPersons;
    }

    private async Task<bool> RunAsync(Sweep sweep, Dictionary<string, int> taken, CancellationToken ct)
    {
        for (var pieces = 1; ; pieces++)
        {
            await using var db = store.Read();
            try
            {
                if (db.KeepsAnywhere(sweep.Table))
                {
                    await db.WriteAsync([sweep.Statement(db)], Patience, ct);
                }
                else
                {
                    foreach (var statement in await sweep.ByWorkspaceAsync(db, ct))
                    {
                        await db.WriteAsync([statement], Patience, ct);
                    }
                }
            }
            catch (DbException fault) when (db.Classify(fault) == WriteFault.Contention)
            {
                return true; // others write; it has time
            }

            taken[sweep.What] = pieces;
            var again = new ReadBatch();
            var any = sweep.IsAny(again);
            await again.RunAsync(db, ct);
            if (!any.First || pieces == MostPieces)
            {
                return any.First;
            }
        }
    }
}
