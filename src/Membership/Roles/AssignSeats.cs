using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Roles;

/// <summary>Somebody without a seat, in the order in which seats are given out.</summary>
/// <param name="Member">Who.</param>
/// <param name="Waits">Whether they were meant to have one when they came, and none was free or given.</param>
public sealed record SeatCandidate(Member Member, bool Waits);

/// <summary>Who would get a seat.</summary>
/// <param name="Role">The role that they would get.</param>
/// <param name="Free">How many seats are free; null for no limit.</param>
/// <param name="Without">How many active people are without one.</param>
/// <param name="First">The first of them, in the order in which they get one.</param>
public sealed record SeatPlan(Role Role, long? Free, long Without, IReadOnlyList<SeatCandidate> First);

/// <summary>Who got a seat.</summary>
/// <param name="Assigned">How many.</param>
/// <param name="Without">How many are still without one.</param>
/// <param name="At">When; what <see cref="TakeBackSeats"/> asks for.</param>
public sealed record AssignedSeats(int Assigned, long Without, DateTimeOffset At);

/// <summary>
/// Gives the seats that are free to people without one: those who wait for one in the order of the line, then whoever has the role without
/// a seat and joined earliest; they get the role of newcomers. One change, of at most <see cref="Most"/> people; who finds no seat stays as
/// they are. Refusals: <c>forbidden</c>, <c>grantCeiling</c>, <c>notFound</c>, <c>noSeatRoles</c> where roles take no seats,
/// <c>seatsFull</c>.
/// </summary>
public sealed class AssignSeats(Store store)
{
    /// <summary>How many people one change is about.</summary>
    public const int Most = 1000;

    private const int Shown = 50;
    private const int MostTries = 5;

    /// <summary>Who would get one; changes nothing.</summary>
    public async Task<Outcome<SeatPlan>> PlanAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        await using var db = store.Read();
        if (!(await OpenAsync(db, actor, workspaceId, ct)).Is(out var open, out var refusal))
        {
            return refusal;
        }

        var first = await NextAsync(db, workspaceId, open.Fallback, Shown, ct);
        var ids = first.Select(m => m.Id).ToList();
        var wanting = (
            await db
                .Grants.AsNoTracking()
                .Where(g => g.WorkspaceId == workspaceId && ids.Contains(g.MemberId) && g.Kind == GrantKind.Role && g.Wanted != null)
                .Select(g => g.MemberId)
                .ToListAsync(ct)
        ).ToHashSet();
        var counts = await Counts.ReadAsync(db, workspaceId, ct);
        return new SeatPlan(
            open.Target,
            open.Workspace.Plan.IsOver(store.Time.Now()) ? 0 : counts.Seats.RoomAt(store.Time.Now()),
            await CountAsync(db, workspaceId, open.Fallback, ct),
            [.. first.Select(m => new SeatCandidate(m, wanting.Contains(m.Id)))]
        );
    }

    /// <summary>Gives them.</summary>
    public Task<Outcome<AssignedSeats>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct) =>
        RunAsync(actor, workspaceId, false, ct);

    /// <summary>The same for those alone who wait for one.</summary>
    public Task<Outcome<AssignedSeats>> RunAsync(Actor actor, Id<Workspace> workspaceId, bool waitingOnly, CancellationToken ct)
    {
        var refusals = 0;
        return store.ChangeAsync<AssignedSeats>(
            actor,
            workspaceId,
            "seats.assigned",
            attempt => GiveAsync(attempt, workspaceId, waitingOnly, ct),
            ct,
            // a rival took the last of those that were counted: count again
            async refusal =>
                refusal.Code == "seatsFull" && ++refusals < MostTries && await IsRoomAsync(workspaceId, ct)
        );
    }

    /// <summary>The role that takes a seat and is given, and the one without; or why there are none.</summary>
    internal static async Task<Outcome<(WorkspaceContext Workspace, Role Target, Role Fallback)>> OpenAsync(
        MembershipDb db,
        Actor actor,
        Id<Workspace> workspaceId,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspaceId, Permission.ManageMembers) is { } refused)
        {
            return refused;
        }

        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var configuration = workspace.Configuration;
        var target = configuration.Role(configuration.Join.DefaultRole) is { NeedsSeat: true } usual
            ? usual
            : configuration.Roles.Where(r => r is { NeedsSeat: true, Assignable: true }).MinBy(r => r.Rank);
        return target is null || configuration.Role(configuration.Join.FallbackRole) is not { NeedsSeat: false } fallback
                ? new Refusal(RefusalKind.Conflict, "noSeatRoles", "Nobody waits for a seat here: no role without one is set for that.")
            : (configuration.MayGrant(actor, target.Key) ?? configuration.MayTouch(actor, fallback.Key)) is { } beyond ? beyond
            : (workspace, target, fallback);
    }

    private static async Task<Outcome<AssignedSeats>> GiveAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        bool waitingOnly,
        CancellationToken ct
    )
    {
        if (!(await OpenAsync(attempt.Db, attempt.Actor, workspaceId, ct)).Is(out var open, out var refusal))
        {
            return refusal;
        }

        var (workspace, target, fallback) = open;
        var without = await CountAsync(attempt.Db, workspaceId, fallback, ct);
        var free = workspace.Plan.IsOver(attempt.At)
            ? 0
            : (await Counts.ReadAsync(attempt.Db, workspaceId, ct)).Seats.RoomAt(attempt.At) ?? Most;
        var chosen = await NextAsync(attempt.Db, workspaceId, fallback, (int)Math.Min(free, Most), ct, waitingOnly);
        if (chosen.Count == 0)
        {
            return without == 0 ? new AssignedSeats(0, 0, attempt.At) : workspace.Full(new(workspaceId, CounterKind.Seats), attempt.At);
        }

        if (attempt.AwaitsTurn(chosen.Count))
        {
            return new AssignedSeats(0, without, attempt.At);
        }

        var ids = chosen.Select(m => m.Id).ToList();
        var grants = (
            await attempt.Db.Grants.AsNoTracking().Where(g => g.WorkspaceId == workspaceId && ids.Contains(g.MemberId)).ToListAsync(ct)
        ).ToLookup(g => g.MemberId);
        foreach (var member in chosen)
        {
            var file = new MemberWithGrants(member, [.. grants[member.Id]]);
            // what a rule gives and waits for a seat stays the rule's
            var grant = file.Grants.FirstOrDefault(g => g is { Kind: GrantKind.Role, Origin: GrantOrigin.Group, Wanted: not null })
                is { } waits
                ? waits with
                {
                    Value = waits.Wanted!,
                    Wanted = null,
                }
                : ProvisionMember.NewGrant(attempt, workspaceId, member.Id, GrantKind.Role, GrantOrigin.Admin, target.Key);
            var placed = await Admission.PlaceAsync(attempt, workspace, file, member, file.Grants.With(grant), null, ct, member.IsWaiting);
            if (!placed.Is(out var done, out var full))
            {
                return full;
            }

            attempt.Changes.Tell("role.changed", workspaceId, ("member", member.Id.Value, done.ShownName), member, done);
        }

        var outcome = new AssignedSeats(chosen.Count, without - chosen.Count, attempt.At);
        attempt.Changes.TellFacts(
            "seats.assigned",
            workspaceId,
            ("workspace", workspaceId.Value, workspace.Row.Name),
            null,
            new
            {
                assigned = outcome.Assigned,
                without = outcome.Without,
                role = target.Key,
            }
        );
        return outcome;
    }

    private async Task<bool> IsRoomAsync(Id<Workspace> workspaceId, CancellationToken ct)
    {
        await using var db = store.Read();
        return (await Counts.ReadAsync(db, workspaceId, ct)).Seats.RoomAt(store.Time.Now()) is not 0;
    }

    /// <summary>Who waits, in the order of the line; then the others, longest member first.</summary>
    private static async Task<List<Member>> NextAsync(
        MembershipDb db,
        Id<Workspace> workspaceId,
        Role fallback,
        int count,
        CancellationToken ct,
        bool waitingOnly = false
    )
    {
        var next = (await SeatLine.FirstAsync(db, workspaceId, count, ct)).FindAll(m => m.Role == fallback.Key);
        if (next.Count < count && !waitingOnly)
        {
            var others = Without(db, workspaceId, fallback).Where(m => m.WaitsSince == null);
            next.AddRange(await others.OrderBy(m => m.JoinedAt).ThenBy(m => m.Id).Take(count - next.Count).ToListAsync(ct));
        }

        return next;
    }

    private static Task<long> CountAsync(MembershipDb db, Id<Workspace> workspaceId, Role fallback, CancellationToken ct) =>
        Without(db, workspaceId, fallback).LongCountAsync(ct);

    private static IQueryable<Member> Without(MembershipDb db, Id<Workspace> workspaceId, Role fallback) =>
        db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspaceId && m.State != MemberState.Ended)
            .Where(m => m.Role == fallback.Key && m.State == MemberState.Active)
            .Where(m => // whom a rule gives the role without a seat has it for a reason
                !db.Grants.Any(g =>
                    g.WorkspaceId == workspaceId
                    && g.MemberId == m.Id
                    && g.Kind == GrantKind.Role
                    && g.Origin == GrantOrigin.Group
                    && g.Wanted == null
                )
            );
}
