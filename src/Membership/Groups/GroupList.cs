using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>A group with the number of its members.</summary>
/// <param name="Group">The group.</param>
/// <param name="Members">How many are in it; 0 where that was not asked.</param>
/// <param name="IsExact">Whether that is exact; otherwise there are more.</param>
public sealed record GroupRow(Group Group, int Members, bool IsExact = true);

/// <summary>What is asked about how many are in a group.</summary>
public enum GroupSizes
{
    /// <summary>Nothing: the names will do.</summary>
    None,

    /// <summary>
    /// How many up to <see cref="GroupList.MostCounted"/>, of more that there are more: the same cost for a group of any size.
    /// </summary>
    Bounded,

    /// <summary>How many, which costs the more the larger the groups are: for programs.</summary>
    Exact,
}

/// <summary>Which groups somebody wants to see.</summary>
/// <param name="Search">The beginning of the name; null for all.</param>
/// <param name="DisplayName">The whole name, letter case aside; null for all.</param>
/// <param name="ExternalId">The directory's id, compared by case; null for all.</param>
public sealed record GroupQuery(string? Search, string? DisplayName = null, string? ExternalId = null);

/// <summary>One page of groups.</summary>
/// <param name="Rows">The groups, by name.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
public sealed record GroupPage(IReadOnlyList<GroupRow> Rows, PageCursor? Next);

/// <summary>One page of a group's members.</summary>
/// <param name="Group">The group.</param>
/// <param name="Members">The members, in the order of their ids.</param>
/// <param name="Next">Where the next page goes on; null on the last.</param>
public sealed record GroupMembersPage(GroupRow Group, IReadOnlyList<Member> Members, PageCursor? Next);

/// <summary>Reads the groups of a workspace. Refusals: <c>forbidden</c>, <c>notFound</c>.</summary>
public sealed class GroupList(Store store)
{
    /// <summary>So many are on a page at most; forms offer as many.</summary>
    public const int Most = 200;

    /// <summary>Up to so many members of a group are counted for people who look.</summary>
    public const int MostCounted = 1000;

    /// <summary>Reads one page, sorted by name.</summary>
    /// <param name="actor">Who asks.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="search">The beginning of the name; null for all.</param>
    /// <param name="after">The page that follows this place; null for the first.</param>
    /// <param name="count">How many, 1 to 200.</param>
    /// <param name="sizes">What is asked about their members.</param>
    /// <param name="ct">Stops the reading.</param>
    public Task<Outcome<GroupPage>> RunAsync(
        Actor actor,
        Id<Workspace> workspace,
        string? search,
        PageCursor? after,
        int count,
        GroupSizes sizes,
        CancellationToken ct
    ) => FindAsync(actor, workspace, new GroupQuery(search), after, count, sizes, ct);

    /// <summary>The same for more that is asked.</summary>
    public async Task<Outcome<GroupPage>> FindAsync(
        Actor actor,
        Id<Workspace> workspace,
        GroupQuery query,
        PageCursor? after,
        int count,
        GroupSizes sizes,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        var groups = db.Groups.AsNoTracking().Where(g => g.WorkspaceId == workspace);
        if (query.DisplayName is { } name)
        {
            var whole = Key.Of(name);
            groups = groups.Where(g => g.DisplayNameKey == whole);
        }

        if (query.ExternalId is { } externalId)
        {
            groups = groups.Where(g => g.ExternalId == externalId);
        }

        if (Key.Of(query.Search ?? "") is { Length: > 0 } low)
        {
            var high = low + "\U0010FFFF";
            groups = groups.Where(g => string.Compare(g.DisplayNameKey, low) >= 0 && string.Compare(g.DisplayNameKey, high) < 0);
        }

        if (after is { } place)
        {
            var (key, id) = (place.Key, new Id<Group>(place.Id));
            groups = groups.Where(g => string.Compare(g.DisplayNameKey, key) > 0 || (g.DisplayNameKey == key && g.Id > id));
        }

        count = Math.Clamp(count, 1, Most);
        var rows = await groups.OrderBy(g => g.DisplayNameKey).ThenBy(g => g.Id).Take(count + 1).ToListAsync(ct);
        var shown = rows.Take(count).ToList();
        return new GroupPage(
            await WithSizesAsync(db, workspace, shown, sizes, ct),
            rows.Count > count ? new PageCursor(shown[^1].DisplayNameKey, shown[^1].Id.Value) : null
        );
    }

    /// <summary>Reads one group with a page of its members.</summary>
    public async Task<Outcome<GroupMembersPage>> OneAsync(
        Actor actor,
        Id<Workspace> workspace,
        Id<Group> group,
        PageCursor? after,
        int count,
        GroupSizes sizes,
        CancellationToken ct
    )
    {
        if (actor.Demand(workspace, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        if (await db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspace && g.Id == group, ct) is not { } row)
        {
            return Refusal.NotFound("group");
        }

        var members = db.GroupMembers.AsNoTracking().Where(m => m.WorkspaceId == workspace && m.GroupId == group);
        var sized = (await WithSizesAsync(db, workspace, [row], sizes, ct))[0];
        if (after is { } place)
        {
            var id = new Id<Member>(place.Id);
            members = members.Where(m => m.MemberId > id);
        }

        count = Math.Clamp(count, 1, Most);
        var ids = await members.OrderBy(m => m.MemberId).Select(m => m.MemberId).Take(count + 1).ToListAsync(ct);
        var shown = ids.Take(count).ToList();
        var people = await db
            .Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && shown.Contains(m.Id))
            .OrderBy(m => m.Id)
            .ToListAsync(ct);
        return new GroupMembersPage(sized, people, ids.Count > count ? new PageCursor("", shown[^1].Value) : null);
    }

    private static async Task<List<GroupRow>> WithSizesAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        List<Group> groups,
        GroupSizes sizes,
        CancellationToken ct
    )
    {
        if (sizes == GroupSizes.None || groups.Count == 0)
        {
            return groups.ConvertAll(g => new GroupRow(g, 0, IsExact: false));
        }

        var ids = groups.ConvertAll(g => g.Id);
        var found = await Sized(db, workspace, ids, sizes == GroupSizes.Exact ? int.MaxValue : MostCounted + 1)
            .ToDictionaryAsync(s => s.Group, s => s.Members, ct);
        return groups.ConvertAll(g =>
            found.GetValueOrDefault(g.Id) is var size && sizes == GroupSizes.Bounded && size > MostCounted
                ? new GroupRow(g, MostCounted, IsExact: false)
                : new GroupRow(g, size)
        );
    }

    /// <summary>
    /// How many are in each of some groups, of each so many at most are looked at: those of the least ids, so that no database looks
    /// through all groups for them.
    /// </summary>
    internal static IQueryable<GroupSize> Sized(MembershipDb db, Id<Workspace> workspace, List<Id<Group>> groups, int most) =>
        db
            .Groups.Where(g => g.WorkspaceId == workspace && groups.Contains(g.Id))
            .Select(g => new GroupSize
            {
                Group = g.Id,
                Members = db
                    .GroupMembers.Where(m => m.WorkspaceId == workspace && m.GroupId == g.Id)
                    .OrderBy(m => m.MemberId)
                    .Take(most)
                    .Count(),
            });

    internal sealed record GroupSize
    {
        public required Id<Group> Group { get; init; }

        public required int Members { get; init; }
    }
}
