using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>What part of the member list somebody wants to see.</summary>
public sealed record MemberListQuery
{
    /// <summary>
    /// Beginnings of words of name or address, separated by blanks; all must match. What no word begins with is looked for within name and
    /// user name, in workspaces of up to 20,000 people. Where more than <see cref="MemberMatch.MostNamed"/> bear each of them, those come
    /// first whose place in the list begins with one. Null or empty for everybody.
    /// </summary>
    public string? Search { get; init; }

    /// <summary>Only the one with this user name, letter case aside; null for all.</summary>
    public string? UserName { get; init; }

    /// <summary>Only those with this mail address, letter case aside; null for all.</summary>
    public string? Email { get; init; }

    /// <summary>Only those with this id of the directory's, compared by case; null for all.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Only the members of this group; null for all.</summary>
    public Id<Group>? Group { get; init; }

    /// <summary>Only this license; null for all.</summary>
    public string? License { get; init; }

    internal bool IsExact => UserName is not null || Email is not null || ExternalId is not null;

    /// <summary>Whether it asks for everybody who is listed.</summary>
    internal bool IsEverybody =>
        this is { Search: null or "", Status: null, Role: null or "", Seat: null, License: null or "", Group: null, IsExact: false };

    /// <summary>Only this state; null for all that are listed (the removed are seen only when asked for).</summary>
    public MemberState? Status { get; init; }

    /// <summary>Only this role; null for all.</summary>
    public string? Role { get; init; }

    /// <summary>Only people with a seat, or only those whose role takes none; null for all, also who is yet to get one.</summary>
    public bool? Seat { get; init; }

    /// <summary>By what it is sorted.</summary>
    public MemberSort Sort { get; init; }

    /// <summary>The order turned round: from Z to A, the last part first.</summary>
    public bool Descending { get; init; }

    /// <summary>The page that follows this place; null for the first page.</summary>
    public PageCursor? After { get; init; }

    /// <summary>The page that ends before this place; stronger than <see cref="After"/>.</summary>
    public PageCursor? Before { get; init; }

    /// <summary>How many rows, 1 to 200.</summary>
    public int Count { get; init; } = 50;
}

/// <summary>One line of the member list.</summary>
/// <param name="Member">The member.</param>
/// <param name="Activity">When they were here; null for never.</param>
/// <param name="Invitation">Their open invitation, pending or expired; null for none.</param>
/// <param name="Groups">The names of their groups, and of those into which their invitation puts them, sorted.</param>
/// <param name="In">Those in which they are, by name.</param>
public sealed record MemberRow(
    Member Member,
    MemberActivity? Activity,
    Invitation? Invitation,
    IReadOnlyList<string> Groups,
    IReadOnlyList<Group> In
);

/// <summary>One page of the member list.</summary>
/// <param name="Rows">The lines.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
/// <param name="Previous">Where the page before ends; null on the first.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="TotalIsExact">Whether the total is exact; otherwise there are at least so many.</param>
public sealed record MemberListPage(IReadOnlyList<MemberRow> Rows, PageCursor? Next, PageCursor? Previous, long Total, bool TotalIsExact)
{
    /// <summary>
    /// Up to how many people a search looks within words as well, where nobody was found because there are more and it looked for the
    /// beginnings of words alone; null elsewhere.
    /// </summary>
    public long? WithinUpTo { get; init; }
}

/// <summary>
/// The member list: a page costs the same at 100 and at 100,000 members. Refusal: <c>forbidden</c>.
/// </summary>
public sealed class MemberList(Store store)
{
    /// <summary>Up to so many are counted where no count is kept.</summary>
    internal const int MostCounted = 1000;

    /// <summary>Reads one page.</summary>
    public async Task<Outcome<MemberListPage>> RunAsync(Actor actor, Id<Workspace> workspace, MemberListQuery query, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var match = await MemberMatch.OfAsync(db, workspace, query, ct);
        var walk = match.Words.Count > 0 ? new MemberWalk(db, workspace, match.Words) : null;
        var count = Math.Clamp(query.Count, 1, 200);
        var backwards = query.Before is not null;
        Dictionary<Id<Member>, PageCursor>? placed = null;
        PageCursor? stopped = null;
        var down = query.Descending != backwards;
        List<Member> rows;
        if (MemberOrder.IsFor(query.Sort))
        {
            var places = await new MemberOrder(db, workspace, query, match).NextAsync(count + 1, ct);
            placed = places.ToDictionary(p => p.Id, p => p.Cursor);
            rows = await InOrderAsync(db, workspace, [.. places.Select(p => p.Id)], ct);
        }
        else if (query.Sort == MemberSort.Groups)
        {
            var piece = await new GroupOrder(db, workspace, query, match).NextAsync(count + 1, ct);
            placed = piece.Places.ToDictionary(p => p.Id, p => p.Cursor);
            stopped = piece.Stopped?.Cursor;
            rows = await InOrderAsync(db, workspace, [.. piece.Places.Select(p => p.Id)], ct);
        }
        else
        {
            rows = await RowsAsync(db, workspace, query, match.Rows, walk, down, count + 1, ct);
        }

        var from = query.Before ?? query.After;
        var more = rows.Count > count;
        rows = rows[..Math.Min(count, rows.Count)];
        if (backwards)
        {
            rows.Reverse();
        }

        var (total, exact) =
            match.AtLeast is not { } known ? await TotalAsync(db, workspace, query, match.Rows, MostCounted, ct)
            : more || from is not null || stopped is not null ? (Math.Max(known, rows.Count), false)
            : (rows.Count, true);
        return new MemberListPage(
            await WithMoreAsync(db, workspace, rows, ct),
            !backwards && stopped is not null ? stopped
                : rows.Count == 0 ? (stopped is null ? null : from)
                : more || backwards ? Place(rows[^1])
                : null,
            backwards && stopped is not null ? stopped
                : rows.Count == 0 ? (stopped is null ? null : from)
                : (backwards ? more : from is not null) ? Place(rows[0])
                : null,
            total,
            exact
        )
        {
            WithinUpTo = match.WithinUpTo,
        };

        PageCursor Place(Member member) => placed?[member.Id] ?? MemberPart.Place(query.Sort, member, walk);
    }

    /// <summary>Members in the order in which they are named.</summary>
    internal static async Task<List<Member>> InOrderAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Id<Member>> ids,
        CancellationToken ct
    )
    {
        var members = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && ids.Contains(m.Id))
            .ToDictionaryAsync(m => m.Id, ct);
        return [.. ids.Select(members.GetValueOrDefault).OfType<Member>()];
    }

    private static async Task<List<Member>> RowsAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        MemberListQuery query,
        IQueryable<Member> matching,
        MemberWalk? walk,
        bool down,
        int count,
        CancellationToken ct
    )
    {
        var configuration = query.Sort is MemberSort.Role or MemberSort.License
            ? (await WorkspaceContext.ByIdAsync(db, workspace, ct))?.Configuration
            : null;
        var keys =
            (query.Sort == MemberSort.Role ? configuration?.Roles.Select(r => r.Key) : configuration?.Licenses.Select(l => l.Key)) ?? [];
        var parts = MemberPart.Of(query.Sort, matching, keys);
        if (query.Descending)
        {
            parts = [.. parts.Where(p => !p.IsLast).Reverse(), .. parts.Where(p => p.IsLast)];
        }

        parts = walk?.Parts(parts, isTurned: false) ?? parts;
        IReadOnlyList<MemberPart> walked = query.Before is not null ? [.. parts.Reverse()] : parts;
        var (first, from) = MemberPart.Read(query.Before ?? query.After, walked);
        List<Member> rows = [];
        for (var i = first; i < walked.Count && rows.Count < count; i++)
        {
            var (part, place, left) = (walked[i].Members, i == first ? from : null, count - rows.Count);
            rows.AddRange(
                walk is null
                    ? await Ordered(From(part, place, down), down).Take(left).ToListAsync(ct)
                    : await walk.NextAsync(part, place, down, left, ct)
            );
        }

        return rows;
    }

    /// <summary>Members as lines of the list: what an answer to an act shows of the member that it changed.</summary>
    public async Task<IReadOnlyList<MemberRow>> RowsAsync(Id<Workspace> workspace, IReadOnlyList<Member> members, CancellationToken ct)
    {
        await using var db = store.Read();
        return await WithMoreAsync(db, workspace, [.. members], ct);
    }

    /// <summary>All who match, as the database alone finds them: for who takes everybody, in the order of the list or not.</summary>
    internal static async Task<IQueryable<Member>> MatchingAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        MemberListQuery query,
        CancellationToken ct
    )
    {
        return (await MemberMatch.OfAsync(db, workspace, query, ct)).Everybody(db, workspace);
    }

    internal static IQueryable<Member> From(IQueryable<Member> members, PageCursor? cursor, bool down)
    {
        if (cursor is not { } place)
        {
            return members;
        }

        var (key, id) = (place.Key, new Id<Member>(place.Id));
        return down
            ? members.Where(m => string.Compare(m.SortKey, key) <= 0 && (string.Compare(m.SortKey, key) < 0 || m.Id < id))
            : members.Where(m => string.Compare(m.SortKey, key) >= 0 && (string.Compare(m.SortKey, key) > 0 || m.Id > id));
    }

    internal static IQueryable<Member> Ordered(IQueryable<Member> members, bool down) =>
        down ? members.OrderByDescending(m => m.SortKey).ThenByDescending(m => m.Id) : members.OrderBy(m => m.SortKey).ThenBy(m => m.Id);

    internal static PageCursor Place(Member member) => new(member.SortKey, member.Id.Value);

    /// <summary>How many match, counted where no count is kept up to a number: of more it says that there are at least so many.</summary>
    internal static async Task<(long Total, bool Exact)> TotalAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        MemberListQuery query,
        int most,
        CancellationToken ct
    )
    {
        var match = await MemberMatch.OfAsync(db, workspace, query, ct);
        return match.AtLeast is { } known && most <= MostCounted
            ? (known, false)
            : await TotalAsync(db, workspace, query, match.Everybody(db, workspace), most, ct);
    }

    private static async Task<(long Total, bool Exact)> TotalAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        MemberListQuery query,
        IQueryable<Member> matching,
        int most,
        CancellationToken ct
    )
    {
        if (string.IsNullOrWhiteSpace(query.Search) && query is { IsExact: false, Group: null, License: null or "" })
        {
            var counts = await Counts.ReadAsync(db, workspace, ct);
            switch (query)
            {
                case { Status: null, Role: null or "", Seat: null }:
                    return (counts.Listed, true);
                case { Status: { } state, Role: null or "", Seat: null }:
                    return (counts.In(state), true);
                case { Status: null, Role: { } role, Seat: null }:
                    return (counts.WithRole(role), true);
                case { Status: null, Role: null or "", Seat: true }:
                    return (counts.Seats.Used, true);
                case { Status: null, Role: null or "", Seat: false }:
                    return ((await MemberMatch.WithoutSeatAsync(db, workspace, ct)).Sum(counts.WithRole), true);
            }
        }

        var counted = await matching.Take(most + 1).CountAsync(ct);
        return (Math.Min(counted, most), counted <= most);
    }

    private static async Task<IReadOnlyList<MemberRow>> WithMoreAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Member> members,
        CancellationToken ct
    )
    {
        var ids = members.Select(m => m.Id).ToList();
        var activities = await db
            .MemberActivities.AsNoTracking()
            .Where(a => a.WorkspaceId == workspace && ids.Contains(a.MemberId))
            .ToDictionaryAsync(a => a.MemberId, ct);
        var groups = (
            await db
                .GroupMembers.AsNoTracking()
                .Where(g => g.WorkspaceId == workspace && ids.Contains(g.MemberId))
                .Join(
                    db.Groups,
                    g => new { g.WorkspaceId, Id = g.GroupId },
                    g => new { g.WorkspaceId, g.Id },
                    (m, g) => new { m.MemberId, Group = g }
                )
                .ToListAsync(ct)
        ).ToLookup(g => g.MemberId, g => g.Group);
        var invited = members.Where(m => m.State == MemberState.Invited).Select(m => m.Id).ToList();
        var invitations =
            invited.Count == 0
                ? []
                : (
                    await db
                        .Invitations.AsNoTracking()
                        .Where(i => i.WorkspaceId == workspace && invited.Contains(i.MemberId) && i.Stored == InvitationStatus.Pending)
                        .ToListAsync(ct)
                )
                    .GroupBy(i => i.MemberId)
                    .ToDictionary(i => i.Key, i => i.MaxBy(x => x.Id));
        var named = await NamesAsync(db, workspace, [.. invitations.Values.SelectMany(i => i!.Groups).Distinct()], ct);
        return
        [
            .. members.Select(m =>
            {
                var invitation = invitations.GetValueOrDefault(m.Id);
                var later = invitation?.Groups.Select(named.GetValueOrDefault).OfType<string>() ?? [];
                return new MemberRow(
                    m,
                    activities.GetValueOrDefault(m.Id),
                    invitation,
                    [.. groups[m.Id].Select(g => g.DisplayName).Concat(later).Distinct().OrderBy(Key.Of, StringComparer.Ordinal)],
                    [.. groups[m.Id].OrderBy(g => g.DisplayNameKey, StringComparer.Ordinal).ThenBy(g => g.Id)]
                );
            }),
        ];
    }

    private static async Task<Dictionary<Id<Groups.Group>, string>> NamesAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Id<Groups.Group>> ids,
        CancellationToken ct
    ) =>
        ids.Count == 0
            ? []
            : await db
                .Groups.AsNoTracking()
                .Where(g => g.WorkspaceId == workspace && ids.Contains(g.Id))
                .ToDictionaryAsync(g => g.Id, g => g.DisplayName, ct);
}
