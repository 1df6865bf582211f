using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Licensing;

/// <summary>Somebody who waits for a seat.</summary>
/// <param name="Member">Who.</param>
/// <param name="Wanted">The key of the role that they are to have.</param>
/// <param name="Priority">The highest priority of their groups; 0 for none.</param>
public sealed record WaitingPerson(Member Member, string Wanted, int Priority);

/// <summary>Who waits for a seat.</summary>
/// <param name="First">The first of them, in the order in which they get one.</param>
/// <param name="Total">How many wait.</param>
/// <param name="Seats">The seats.</param>
/// <param name="Room">How many can be given out now; null for no limit.</param>
/// <param name="Forecast">When seats run out.</param>
public sealed record SeatLineView(IReadOnlyList<WaitingPerson> First, long Total, Usage Seats, long? Room, SeatForecast Forecast);

/// <summary>Somebody's place in line.</summary>
/// <param name="Number">Which one: 1 is next.</param>
/// <param name="Since">Since when.</param>
/// <param name="Wanted">The key of the role that they are to have.</param>
/// <param name="IsInTurn">Whether they get it by themselves; otherwise an admin gives it.</param>
public sealed record SeatPlace(long Number, DateTimeOffset Since, string Wanted, bool IsInTurn);

/// <summary>Reads who waits for a seat, and somebody's place. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class ReadSeatLine(Store store)
{
    /// <summary>How many are listed.</summary>
    public const int Most = 200;

    /// <summary>Reads the line, for who may read members.</summary>
    public async Task<Outcome<SeatLineView>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct)
    {
        if (actor.Demand(workspaceId, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
        {
            return Refusal.NotFound("workspace");
        }

        var first = await SeatLine.FirstAsync(db, workspaceId, Most, ct);
        var ids = first.Select(m => m.Id).ToList();
        var wanted = await WantedAsync(db, workspace, ids, ct);
        var priorities = await SeatLine.PrioritiesAsync(db, workspaceId, ids, ct);
        var seats = (await Counts.ReadAsync(db, workspaceId, ct)).Seats;
        return new SeatLineView(
            [.. first.Select(m => new WaitingPerson(m, wanted.GetValueOrDefault(m.Id, ""), priorities.GetValueOrDefault(m.Id)))],
            first.Count < Most ? first.Count : await SeatLine.In(db, workspaceId).LongCountAsync(ct),
            seats,
            seats.RoomAt(store.Time.Now()),
            await SeatForecast.ReadAsync(db, workspace, seats, store.Time.Now(), ct)
        );
    }

    /// <summary>The place of a member, for themselves and for whoever may see them; null for who does not wait.</summary>
    public async Task<SeatPlace?> PlaceAsync(Member member, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(member);
        if (!member.IsWaiting)
        {
            return null;
        }

        await using var db = store.Read();
        return await WorkspaceContext.ByIdAsync(db, member.WorkspaceId, ct) is { } workspace
            ? await PlaceAsync(db, workspace, member, ct)
            : null;
    }

    /// <summary>The same, read through a context.</summary>
    internal static async Task<SeatPlace?> PlaceAsync(MembershipDb db, WorkspaceContext workspace, Member member, CancellationToken ct) =>
        member is { IsWaiting: true, WaitsSince: { } since }
            ? new(
                await SeatLine.AheadOfAsync(db, member, ct) + 1,
                since,
                (await WantedAsync(db, workspace, [member.Id], ct)).GetValueOrDefault(member.Id, ""),
                workspace.Configuration.GivesSeatsInTurn
            )
            : null;

    private static async Task<Dictionary<Id<Member>, string>> WantedAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        List<Id<Member>> ids,
        CancellationToken ct
    )
    {
        var grants = await db
            .Grants.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace.Id && ids.Contains(g.MemberId) && g.Kind == GrantKind.Role)
            .ToListAsync(ct);
        return grants.GroupBy(g => g.MemberId).ToDictionary(g => g.Key, g => Grants.ForRole(workspace.Configuration, g)?.Wanted ?? "");
    }
}
