using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>Somebody who holds a seat and was not here for long.</summary>
/// <param name="Member">Who.</param>
/// <param name="LastSeen">When they were here last; null for never.</param>
public sealed record IdleSeat(Member Member, DateTimeOffset? LastSeen);

/// <summary>Whose seats could be taken back.</summary>
/// <param name="Idle">Those, who was away longest first.</param>
/// <param name="IsWhole">Whether all who hold a seat were looked at; otherwise those who are members longest.</param>
public sealed record IdleSeats(IReadOnlyList<IdleSeat> Idle, bool IsWhole);

/// <summary>
/// Finds people who hold a seat and neither signed in nor used an app for so many days, or never did since they joined so long ago. Taking
/// the seat back is a change of role like any other (<see cref="Members.Bulk.ChangeMembers"/>). Oneself is never suggested, nor
/// whom the actor may not touch. Refusals: <c>forbidden</c>, <c>notFound</c>, days out of range.
/// </summary>
public sealed class FindIdleSeats(Store store)
{
    /// <summary>How many are listed at most, and can be changed at once.</summary>
    public const int Most = 100;

    private const int MostLookedAt = 20_000;
    private const int AtOnce = 1000;

    /// <summary>Finds them.</summary>
    public async Task<Outcome<IdleSeats>> RunAsync(Actor actor, Id<Workspace> workspaceId, int days, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        if (days is < 1 or > 3650)
        {
            return Refusal.Invalid("days", "Days are 1 to 3,650.");
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var before = store.Time.Now().AddDays(-days);
        var (idle, isWhole) = await IdleAsync(db, workspaceId, before, ct);
        var busy = await ThroughAppsAsync(
            db,
            workspaceId,
            [.. idle.Select(i => i.Member.AccountId).OfType<Id<Accounts.Account>>()],
            before,
            ct
        );
        var rows = idle.Where(i => i.Member.Id != actor.Member && (i.Member.AccountId is not { } account || !busy.Contains(account)))
            .Where(i => workspace.Configuration.MayTouch(actor, i.Member.Role) is null)
            .Take(Most)
            .ToList();
        return new IdleSeats(rows, isWhole);
    }

    /// <summary>
    /// Those who were away, in the order of since when, and whether nobody is left to look at. Whose id is of a later time joined later
    /// than that, and is not looked at; nor is anybody once enough are found.
    /// </summary>
    internal static async Task<(List<IdleSeat> Idle, bool IsWhole)> IdleAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        DateTimeOffset before,
        CancellationToken ct,
        int atOnce = AtOnce
    )
    {
        var idle = new List<IdleSeat>();
        var after = default(Id<Member>);
        for (var looked = 0; looked < MostLookedAt && idle.Count < 2 * Most; looked += atOnce)
        {
            var rest = Seated(db, workspace, after, before);
            var end = await rest.Select(m => m.Id).Skip(atOnce - 1).FirstOrDefaultAsync(ct);
            var found = await (
                from m in end == default ? rest : rest.Where(m => m.Id <= end)
                join a in db.MemberActivities.AsNoTracking()
                    on new { m.WorkspaceId, MemberId = m.Id } equals new { a.WorkspaceId, a.MemberId }
                    into was
                from a in was.DefaultIfEmpty()
                where (a == null && m.JoinedAt < before) || (a != null && a.LastActiveAt < before && a.LastSignInAt < before)
                select new { Member = m, Activity = a }
            ).ToListAsync(ct);
            idle.AddRange(found.Select(f => new IdleSeat(f.Member, f.Activity?.LastActiveAt)));
            if (end == default)
            {
                return (Sorted(idle), true);
            }

            after = end;
        }

        return (Sorted(idle), false);

        static List<IdleSeat> Sorted(List<IdleSeat> some) => [.. some.OrderBy(i => i.LastSeen ?? i.Member.JoinedAt).Take(2 * Most)];
    }

    /// <summary>Who may hold a seat since before a time, behind an id, in the order of ids.</summary>
    internal static IOrderedQueryable<Member> Seated(MembershipDb db, Id<Workspace> workspace, Id<Member> after, DateTimeOffset before)
    {
        var last = new Id<Member>(Ids.FirstAt(before + Ids.MostBack));
        return db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended && m.HasSeat && m.Id > after && m.Id < last)
            .OrderBy(m => m.Id);
    }

    /// <summary>Who of them had something of an app since.</summary>
    private static async Task<HashSet<Id<Accounts.Account>>> ThroughAppsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Id<Accounts.Account>> accounts,
        DateTimeOffset since,
        CancellationToken ct
    )
    {
        var from = since.UtcDateTime;
        var found = await db
            .AppTokens.AsNoTracking()
            .Where(t => t.CreationDate >= from && t.Authorization!.WorkspaceId == workspace)
            .Where(t => t.Authorization!.AccountId != null && accounts.Contains(t.Authorization.AccountId.Value))
            .Select(t => t.Authorization!.AccountId!.Value)
            .Distinct()
            .ToListAsync(ct);
        return [.. found];
    }
}
