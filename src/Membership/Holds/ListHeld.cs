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
/// <param name="Kept">How many directories' words are not carried out because an admin decided so.</param>
/// <param name="SeatsNeeded">How many seats those take who would be let in.</param>
/// <param name="SeatsFree">How many are free for newcomers now; null without a limit.</param>
public sealed record HeldSummary(
    IReadOnlyList<DirectoryHold> Directories,
    IReadOnlyDictionary<HeldAs, long> Waiting,
    long Kept,
    long SeatsNeeded,
    long? SeatsFree
)
{
    /// <summary>On how many people nobody decided.</summary>
    public long People => Waiting.Values.Sum();

    /// <summary>The groups on which nobody decided.</summary>
    public IEnumerable<DirectoryHold> Groups => Directories.Where(d => d.About != Guid.Empty);

    /// <summary>The decision that is being carried out; null for none.</summary>
    public DirectoryHold? Working => Directories.FirstOrDefault(d => d.Verdict is not null);
}

/// <summary>Reads what is held. Refusal: <c>forbidden</c>.</summary>
public sealed class ListHeld(Store store)
{
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

        var seated = opened.Configuration.Roles.Where(r => r.NeedsSeat).Select(r => r.Key).ToList();
        return new HeldSummary(
            await db
                .DirectoryHolds.AsNoTracking()
                .Where(h => h.WorkspaceId == workspace && h.OpenSince != null)
                .OrderBy(h => h.About)
                .ThenBy(h => h.ClientId)
                .Take(100)
                .ToListAsync(ct),
            await db
                .Members.Where(m => m.WorkspaceId == workspace && m.HeldAs != null && m.HeldUntil != null)
                .GroupBy(m => m.HeldAs!.Value)
                .Select(g => new { g.Key, Count = g.LongCount() })
                .ToDictionaryAsync(g => g.Key, g => g.Count, ct),
            await db.Members.LongCountAsync(m => m.WorkspaceId == workspace && m.HeldAs != null && m.HeldUntil == null, ct),
            await db.Members.LongCountAsync(
                m => m.WorkspaceId == workspace && m.HeldAs == HeldAs.Admission && m.HeldUntil != null && seated.Contains(m.Role),
                ct
            ),
            (await Counts.ReadAsync(db, workspace, ct)).Seats.RoomForNewAt(store.Time.Now())
        );
    }

    /// <summary>The people, in the order of their ids.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="waiting">Those on whom nobody decided; false for those who are kept.</param>
    /// <param name="after">Behind whom the page begins; null for the first.</param>
    /// <param name="limit">How many.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<Outcome<(IReadOnlyList<Member> Members, PageCursor? Next)>> PageAsync(
        Actor actor,
        Id<Workspace> workspace,
        bool waiting,
        PageCursor? after,
        int limit,
        CancellationToken ct
    )
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (actor.Demand(workspace, Permission.ManageDirectory) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var from = new Id<Member>(after?.Id ?? Guid.Empty);
        var rows = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && m.HeldAs != null && (m.HeldUntil != null) == waiting && m.Id > from)
            .OrderBy(m => m.Id)
            .Take(limit + 1)
            .ToListAsync(ct);
        return rows.Count > limit ? (rows[..limit], new PageCursor("", rows[limit - 1].Id.Value)) : (rows, (PageCursor?)null);
    }
}
