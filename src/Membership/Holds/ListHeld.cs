using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Holds;

/// <summary>What is held of a workspace's people, and by which directories.</summary>
/// <param name="Directories">What is held of each directory, and of the groups out of which it would take people.</param>
/// <param name="Waiting">On how many nobody decided, by what the directory said.</param>
/// <param name="HereAlready">How many of the admissions are of people who were here already, by their address, as the directory brought
/// them: a decision on all leaves them out.</param>
/// <param name="Kept">How many directories' words are not carried out because an admin decided so.</param>
/// <param name="Need">What carrying out all that waits would do to the seats.</param>
/// <param name="Seats">The seats as they are.</param>
/// <param name="SeatsFree">How many are free for newcomers now; null without a limit.</param>
public sealed record HeldSummary(
    IReadOnlyList<DirectoryHold> Directories,
    IReadOnlyDictionary<HeldAs, long> Waiting,
    long HereAlready,
    long Kept,
    SeatsMoved Need,
    Usage Seats,
    long? SeatsFree
)
{
    /// <summary>On how many people nobody decided.</summary>
    public long People => Waiting.Values.Sum();

    /// <summary>On how many a decision to carry all out is carried out.</summary>
    public long Meant => People - HereAlready;

    /// <summary>How many would be let in who are new.</summary>
    public long New => Waiting.GetValueOrDefault(HeldAs.Admission) - HereAlready;

    /// <summary>How many seats those take who would be let in, or get a role that needs one.</summary>
    public long SeatsNeeded => Need.Taken;

    /// <summary>For how many there would be none.</summary>
    public long SeatsShort => SeatsFree is { } free ? Math.Max(0, Need.Taken - Need.Freed - free) : 0;

    /// <summary>The groups on which nobody decided.</summary>
    public IEnumerable<DirectoryHold> Groups => Directories.Where(d => d.About != Guid.Empty);

    /// <summary>The decision that is being carried out; null for none.</summary>
    public DirectoryHold? Working => Directories.FirstOrDefault(d => d.Verdict is not null);
}

/// <summary>What some decisions do to the seats.</summary>
/// <param name="Taken">How many people would need one whom none is given.</param>
/// <param name="Freed">How many would give theirs back.</param>
public readonly record struct SeatsMoved(long Taken, long Freed);

/// <summary>
/// Reads what is held: in numbers, and person by person with what carrying it out would do. The numbers come from the held alone, under
/// their index; of the people only those of the page are looked at. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class ListHeld(Store store)
{
    /// <summary>How many people a page has at most.</summary>
    public const int Most = 200;

    private static readonly HeldAs[] Kinds = [HeldAs.Admission, HeldAs.Match, HeldAs.Access, HeldAs.Deactivation, HeldAs.Deletion];

    /// <summary>The numbers, and what each directory is at.</summary>
    public async Task<Outcome<HeldSummary>> SummaryAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await WorkspaceContext.ByIdAsync(db, workspace, ct) is not { } opened)
        {
            return Refusal.NotFound("workspace");
        }

        var directories = await db
            .DirectoryHolds.AsNoTracking()
            .Where(h => h.WorkspaceId == workspace && h.OpenSince != null)
            .OrderBy(h => h.About)
            .ThenBy(h => h.ClientId)
            .Take(100)
            .ToListAsync(ct);
        var held = await CountedAsync(db.Members.Where(m => m.WorkspaceId == workspace && m.HeldAs != null), ct);
        var counted = held.Where(c => c.Waits).ToList();
        var seats = (await Counts.ReadAsync(db, workspace, ct)).Seats;
        return new HeldSummary(
            directories,
            counted.GroupBy(c => c.As).ToDictionary(g => g.Key, g => g.Sum(c => c.Count)),
            counted.Where(c => c.IsHereAlready).Sum(c => c.Count),
            held.Where(c => !c.Waits).Sum(c => c.Count),
            Moved(opened.Configuration, counted),
            seats,
            seats.RoomForNewAt(store.Time.Now())
        );
    }

    /// <summary>The people, in the order of their ids, which is also the one in which a decision on all is carried out.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="waiting">Those on whom nobody decided; false for those who are kept.</param>
    /// <param name="only">Those of whom the directory said this; null for all.</param>
    /// <param name="after">Behind whom the page begins; null for the first.</param>
    /// <param name="limit">How many, up to <see cref="Most"/>.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<(IReadOnlyList<HeldForecast> People, PageCursor? Next)>> PageAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        bool waiting,
        HeldAs? only,
        PageCursor? after,
        int limit,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        using var held = new Data.Held([], true, _ => { }, rehearses: true).Enter();
        return await store.ChangeAsync<(IReadOnlyList<HeldForecast>, PageCursor?)>(
            actor,
            workspaceId,
            "held.previewed",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                var from = new Id<Member>(after?.Id ?? Guid.Empty);
                limit = Math.Clamp(limit, 1, Most);
                var rows = await RowsAsync(attempt.Db, workspaceId, waiting, only, from, limit + 1, ct);
                var isMore = rows.Count > limit;
                var people = isMore ? rows[..limit] : rows;
                var before = await BeforeAsync(attempt.Db, workspace, waiting, only, from, people, ct);
                var forecasts = await new HeldPlan(attempt, workspace, before.Taken - before.Freed).OfAsync(people, ct);
                return (forecasts, isMore ? new PageCursor("", people[^1].Id.Value) : (PageCursor?)null);
            },
            ct
        );
    }

    /// <summary>The same of one; <c>nothingHeld</c> where nothing of them is.</summary>
    public async Task<Outcome<HeldForecast>> OneAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(actor);
        using var held = new Data.Held([], true, _ => { }, rehearses: true).Enter();
        return await store.ChangeAsync<HeldForecast>(
            actor,
            workspaceId,
            "held.previewed",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused)
                {
                    return refused;
                }

                if (await MemberWithGrants.OpenAsync(attempt.Db, workspaceId, id, ct) is not ({ } workspace, { Member: var member }))
                {
                    return Refusal.NotFound("member");
                }

                return member.HeldAs is null
                    ? HeldDecision.Nothing()
                    : (await new HeldPlan(attempt, workspace, 0).OfAsync([member], ct))[0];
            },
            ct
        );
    }

    // who is decided on before those of the page: of a list of one kind, those of the others as well
    private static async Task<SeatsMoved> BeforeAsync(
        MembershipDb db,
        WorkspaceContext workspace,
        bool waiting,
        HeldAs? only,
        Id<Member> from,
        List<Member> people,
        CancellationToken ct
    )
    {
        if (!waiting || people.Count == 0 || (only is null && from == default))
        {
            return default;
        }

        var last = people[^1].Id;
        var before = Waiting(db, workspace.Id).Where(m => m.Id <= from || (only != null && m.HeldAs != only && m.Id <= last));
        return Moved(workspace.Configuration, await CountedAsync(before, ct));
    }

    private static IQueryable<Member> Waiting(MembershipDb db, Id<Workspace> workspace) =>
        db.Members.Where(m => m.WorkspaceId == workspace && m.HeldAs != null && m.HeldUntil != null);

    // each kind under the index of the held: it has them in the order of their ids
    private static async Task<List<Member>> RowsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        bool waiting,
        HeldAs? only,
        Id<Member> from,
        int limit,
        CancellationToken ct
    )
    {
        var rows = new List<Member>();
        foreach (var kind in only is { } one ? [one] : Kinds)
        {
            rows.AddRange(
                await db
                    .Members.AsNoTracking()
                    .Where(m => m.WorkspaceId == workspace && m.HeldAs == kind && (m.HeldUntil != null) == waiting && m.Id > from)
                    .OrderBy(m => m.Id)
                    .Take(limit)
                    .ToListAsync(ct)
            );
        }

        return [.. rows.OrderBy(m => m.Id).Take(limit)];
    }

    private static Task<List<Counted>> CountedAsync(IQueryable<Member> held, CancellationToken ct) =>
        held.GroupBy(m => new
            {
                As = m.HeldAs!.Value,
                Waits = m.HeldUntil != null,
                IsMatched = m.HeldMatch != null,
                m.Role,
                m.HeldRole,
                m.HasSeat,
            })
            .Select(g => new Counted(g.Key.As, g.Key.Waits, g.Key.IsMatched, g.Key.Role, g.Key.HeldRole, g.Key.HasSeat, g.LongCount()))
            .ToListAsync(ct);

    private static SeatsMoved Moved(WorkspaceConfiguration configuration, List<Counted> counted)
    {
        var moved = default(SeatsMoved);
        foreach (var some in counted.Where(c => !c.IsHereAlready)) // who is decided on alone, as one person or two
        {
            var comes =
                some.As is not (HeldAs.Deactivation or HeldAs.Deletion) && (some.As == HeldAs.Admission || some.HeldRole is not null);
            var needs = configuration.Role(some.HeldRole ?? some.Role) is { NeedsSeat: true };
            moved = (some.HasSeat, comes, needs) switch
            {
                (false, true, true) => moved with { Taken = moved.Taken + some.Count },
                (true, true, false) => moved with { Freed = moved.Freed + some.Count },
                (true, false, _) when some.As is HeldAs.Deactivation or HeldAs.Deletion => moved with { Freed = moved.Freed + some.Count },
                _ => moved,
            };
        }

        return moved;
    }

    private sealed record Counted(HeldAs As, bool Waits, bool IsMatched, string Role, string? HeldRole, bool HasSeat, long Count)
    {
        public bool IsHereAlready => IsMatched && As == HeldAs.Admission;
    }
}
