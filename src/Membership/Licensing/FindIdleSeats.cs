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
        var seated = db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspaceId && m.State != MemberState.Ended && m.HasSeat);
        var looked = seated.OrderBy(m => m.Id).Take(MostLookedAt);
        var idle = await (
            from m in looked
            join a in db.MemberActivities.AsNoTracking()
                on new { m.WorkspaceId, MemberId = m.Id } equals new { a.WorkspaceId, a.MemberId }
                into was
            from a in was.DefaultIfEmpty()
            where (a == null && m.JoinedAt < before) || (a != null && a.LastActiveAt < before && a.LastSignInAt < before)
            orderby a == null ? m.JoinedAt : a.LastActiveAt
            select new { Member = m, Activity = a }
        )
            .Take(2 * Most)
            .ToListAsync(ct);
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
            .Select(i => new IdleSeat(i.Member, i.Activity?.LastActiveAt))
            .ToList();
        return new IdleSeats(rows, !await seated.OrderBy(m => m.Id).Skip(MostLookedAt).AnyAsync(ct));
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
