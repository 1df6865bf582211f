using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>A piece of the list by groups.</summary>
/// <param name="Places">Who is in it, in the order in which it is read.</param>
/// <param name="Stopped">Where the reading stopped before the piece was full, for it had looked at enough; null otherwise.</param>
internal sealed record GroupPiece(List<GroupPlace> Places, GroupPlace? Stopped);

/// <summary>
/// The list by groups: by name of the group, within it by name of the person, and each person once, in their first group (from Z to A in
/// their last), those in no group at the end. Where few match they are sorted. Of many, the groups are gone through in their order: a few
/// small ones at once, of a large one the list is walked. It looks at no more than a bound for a page, which may be short therefore.
/// </summary>
/// <param name="db">To read through.</param>
/// <param name="workspace">The workspace.</param>
/// <param name="query">The order, and from where a page goes on.</param>
/// <param name="match">Whom the list shows.</param>
/// <param name="mostSorted">Up to so many are sorted.</param>
/// <param name="most">At about so many the reading stops.</param>
internal sealed class GroupOrder(
    MembershipDb db,
    Id<Workspace> workspace,
    MemberListQuery query,
    MemberMatch match,
    int mostSorted = 5000,
    int most = 10_000
)
{
    private const int MostTogether = 2000;
    private const int MostGroups = 500;
    private const int Fewest = 250;
    private const int AtOnce = 5000;

    private readonly List<GroupPlace> _found = [];

    private bool IsBackwards => query.Before is not null;

    private bool IsDown => query.Descending != IsBackwards;

    /// <summary>How many rows were looked at until now.</summary>
    public int Looked { get; private set; }

    /// <summary>The next of them from the cursor of the query on.</summary>
    public async Task<GroupPiece> NextAsync(int count, CancellationToken ct)
    {
        var from = GroupPlace.Read(query.Before ?? query.After);
        var isFew =
            !(query.IsEverybody && (await Counts.ReadAsync(db, workspace, ct)).Listed > mostSorted)
            && !await match.Rows.OrderBy(m => m.Id).Skip(mostSorted).AnyAsync(ct);
        if (isFew)
        {
            return await SortedAsync(from, count, ct);
        }

        GroupPlace? stopped = null;
        foreach (var none in IsBackwards ? [true, false] : new[] { false, true })
        {
            if (_found.Count < count && stopped is null && !(from is { } begin && (begin.Group is null) != none))
            {
                stopped = none ? await WalkAsync(null, from, count, ct) : await GroupsAsync(from, count, ct);
                from = null;
            }
        }

        return new(_found[..Math.Min(count, _found.Count)], _found.Count < count ? stopped : null);
    }

    private async Task<GroupPiece> SortedAsync(GroupPlace? from, int count, CancellationToken ct)
    {
        var places = await PlacesAsync(match.Rows, ct);
        if (from is { Group: { } group } place && places.Find(p => p.Group == group) is { GroupKey: { } key })
        {
            from = place with { GroupKey = key }; // which may have been cut
        }

        return new(
            [
                .. places
                    .SkipWhile(p =>
                        from is { } begin
                        && GroupPlace.Compare(p, begin, query.Descending) is var order
                        && (IsBackwards ? order >= 0 : order <= 0)
                    )
                    .Take(count),
            ],
            null
        );
    }

    /// <summary>Where each of some people stands, in the order in which the list is read.</summary>
    private async Task<List<GroupPlace>> PlacesAsync(IQueryable<Member> few, CancellationToken ct)
    {
        var rows = await BearingAsync(await Placed(few).ToListAsync(ct), ct);
        var named = rows.Select(r => r.Group).OfType<Id<Group>>().Distinct().ToList();
        var keys = await db
            .Groups.Where(g => g.WorkspaceId == workspace && named.Contains(g.Id))
            .Select(g => new { g.Id, g.DisplayNameKey })
            .ToDictionaryAsync(g => g.Id, g => g.DisplayNameKey, ct);
        var places = rows.Select(r =>
                r.Group is { } group && keys.TryGetValue(group, out var key)
                    ? new GroupPlace(group, key, r.SortKey, r.Id)
                    : new GroupPlace(null, "", r.SortKey, r.Id)
            )
            .Order(Comparer<GroupPlace>.Create((one, other) => GroupPlace.Compare(one, other, query.Descending)));
        return [.. IsBackwards ? places.Reverse() : places];
    }

    /// <summary>Some people and the group with which each stands: asked one by one, for the database is not to read all groups.</summary>
    internal IQueryable<Row> Placed(IQueryable<Member> few)
    {
        var theirs = Theirs();
        return few.Select(m => new Row
        {
            Id = m.Id,
            SortKey = m.SortKey,
            Group = theirs.Where(x => x.MemberId == m.Id).Select(x => (Id<Group>?)x.GroupId).FirstOrDefault(),
        });
    }

    /// <summary>Who is in which group, the one with which somebody stands first.</summary>
    private IQueryable<GroupMember> Theirs()
    {
        var groups = db.Groups.Where(g => g.WorkspaceId == workspace);
        var theirs = db.GroupMembers.Where(i => i.WorkspaceId == workspace).Join(groups, i => i.GroupId, g => g.Id, (i, g) => new { i, g });
        return query.Descending
            ? theirs.OrderByDescending(x => x.g.DisplayNameKey).ThenByDescending(x => x.g.Id).Select(x => x.i)
            : theirs.OrderBy(x => x.g.DisplayNameKey).ThenBy(x => x.g.Id).Select(x => x.i);
    }

    /// <summary>Goes through the groups from a place on, until there are enough; where it stopped before.</summary>
    private async Task<GroupPlace?> GroupsAsync(GroupPlace? from, int count, CancellationToken ct)
    {
        (string Key, Id<Group> Id)? after = null;
        if (from is { Group: { } begin } place)
        {
            var key = await db
                .Groups.Where(g => g.WorkspaceId == workspace && g.Id == begin)
                .Select(g => g.DisplayNameKey)
                .FirstOrDefaultAsync(ct);
            after = (key ?? place.GroupKey, begin);
            if (
                key is not null
                && !place.IsBeyond(IsDown)
                && await WalkAsync(new(begin, key, MemberMatch.MostNamed), place with { GroupKey = key }, count, ct) is { } stopped
            )
            {
                return stopped;
            }
        }

        for (var size = 20; _found.Count < count; size = Math.Min(4 * size, MostGroups))
        {
            var groups = await NextGroups(after, size).ToListAsync(ct);
            Looked += groups.Count;
            foreach (var run in Runs(groups))
            {
                var stopped = run is [{ Size: > MemberMatch.MostNamed } large]
                    ? await WalkAsync(large, null, count, ct)
                    : await TogetherAsync(run, null, ct);
                if (stopped is not null || _found.Count >= count)
                {
                    return stopped;
                }
            }

            if (groups.Count < size)
            {
                return null;
            }

            after = (groups[^1].Key, groups[^1].Id);
            if (Looked >= most)
            {
                return GroupPlace.BeyondOf(groups[^1].Id, groups[^1].Key, IsDown);
            }
        }

        return null;
    }

    /// <summary>The next groups, each with its size up to a bound.</summary>
    internal IQueryable<Sized> NextGroups((string Key, Id<Group> Id)? after, int count)
    {
        var groups = db.Groups.AsNoTracking().Where(g => g.WorkspaceId == workspace);
        if (after is { Key: var key, Id: var id })
        {
            groups = IsDown
                ? groups.Where(g => string.Compare(g.DisplayNameKey, key) <= 0 && (string.Compare(g.DisplayNameKey, key) < 0 || g.Id < id))
                : groups.Where(g => string.Compare(g.DisplayNameKey, key) >= 0 && (string.Compare(g.DisplayNameKey, key) > 0 || g.Id > id));
        }

        groups = IsDown
            ? groups.OrderByDescending(g => g.DisplayNameKey).ThenByDescending(g => g.Id)
            : groups.OrderBy(g => g.DisplayNameKey).ThenBy(g => g.Id);
        return groups
            .Take(count)
            .Select(g => new Sized(
                g.Id,
                g.DisplayNameKey,
                db.GroupMembers.Where(i => i.WorkspaceId == workspace && i.GroupId == g.Id)
                    .OrderBy(i => i.MemberId)
                    .Take(MemberMatch.MostNamed + 1)
                    .Count()
            ));
    }

    private static IEnumerable<List<Sized>> Runs(List<Sized> groups)
    {
        List<Sized> run = [];
        foreach (var group in groups.Where(g => g.Size > 0))
        {
            if (run.Count > 0 && (group.Size > MemberMatch.MostNamed || run.Sum(g => g.Size) + group.Size > MostTogether))
            {
                yield return run;
                run = [];
            }

            run.Add(group);
            if (group.Size > MemberMatch.MostNamed)
            {
                yield return run;
                run = [];
            }
        }

        if (run.Count > 0)
        {
            yield return run;
        }
    }

    /// <summary>Adds those who stand with a few groups; where it stopped, if that was enough of a look.</summary>
    private async Task<GroupPlace?> TogetherAsync(List<Sized> run, PageCursor? from, CancellationToken ct)
    {
        var groups = run.ConvertAll(g => g.Id);
        var inside = await Inside(groups).ToListAsync(ct);
        var rows = MemberList.From(match.Rows, from, IsDown).Where(m => inside.Contains(m.Id));
        _found.AddRange((await PlacesAsync(rows, ct)).Where(p => p.Group is { } group && groups.Contains(group)));
        Looked += inside.Count;
        return Looked >= most ? GroupPlace.BeyondOf(run[^1].Id, run[^1].Key, IsDown) : null;
    }

    /// <summary>Who is in these groups, in the order of the index.</summary>
    internal IQueryable<Id<Member>> Inside(List<Id<Group>> groups) =>
        db
            .GroupMembers.Where(i => i.WorkspaceId == workspace && groups.Contains(i.GroupId))
            .OrderBy(i => i.GroupId)
            .ThenBy(i => i.MemberId)
            .Take(AtOnce + MostTogether)
            .Select(i => i.MemberId);

    /// <summary>
    /// Walks the list by name for those who stand with one group, or with none: sorts them where they are some thousands at most.
    /// </summary>
    private async Task<GroupPlace?> WalkAsync(Sized? group, GroupPlace? from, int count, CancellationToken ct)
    {
        var place = from is { } begin ? new PageCursor(begin.SortKey, begin.Id.Value) : (PageCursor?)null;
        if (group is { Id: var id } && await MemberMatch.IsSortedAsync(db, workspace, id, ct))
        {
            return await TogetherAsync([group], place, ct);
        }

        var (size, met) = (Math.Max(Fewest, 4 * count), 0);
        for (var walked = 0; ; )
        {
            var next = MemberList.Ordered(MemberList.From(match.Rows, place, IsDown), IsDown).Take(size);
            var rows = await next.Select(m => new Row { Id = m.Id, SortKey = m.SortKey }).ToListAsync(ct);
            var standing = await BearingAsync(await StandingAsync(rows, group, ct), ct);
            _found.AddRange(standing.Select(r => new GroupPlace(group?.Id, group?.Key ?? "", r.SortKey, r.Id)));
            (Looked, walked, met) = (Looked + rows.Count, walked + rows.Count, met + standing.Count);
            if (_found.Count >= count || rows.Count < size)
            {
                return null;
            }

            place = new PageCursor(rows[^1].SortKey, rows[^1].Id.Value);
            if (Looked >= most)
            {
                return new GroupPlace(group?.Id, group?.Key ?? "", rows[^1].SortKey, rows[^1].Id);
            }

            // as many as it takes when they go on to be met so often, but not at once many times as many
            size = Math.Clamp((int)(1.2 * (count - _found.Count) * walked / Math.Max(1, met)), Fewest, Math.Min(4 * size, AtOnce));
        }
    }

    /// <summary>Who of some people, named one by one, stands with a group, or with none.</summary>
    private async Task<List<Row>> StandingAsync(List<Row> rows, Sized? group, CancellationToken ct)
    {
        var ids = rows.ConvertAll(r => r.Id);
        var theirs = db.GroupMembers.Where(i => i.WorkspaceId == workspace && ids.Contains(i.MemberId));
        if (group is not { Id: var own })
        {
            var somewhere = await theirs.Select(i => i.MemberId).Distinct().ToListAsync(ct);
            return [.. rows.ExceptBy(somewhere, r => r.Id)];
        }

        var inside = await theirs.Where(i => i.GroupId == own).Select(i => i.MemberId).ToListAsync(ct);
        var placed = inside.Count == 0 ? [] : await Placed(match.Rows.Where(m => inside.Contains(m.Id))).ToListAsync(ct);
        return [.. rows.IntersectBy(placed.Where(p => p.Group == own).Select(p => p.Id), r => r.Id)];
    }

    /// <summary>Who of some people bears the words, where there are any.</summary>
    private async Task<List<Row>> BearingAsync(List<Row> rows, CancellationToken ct)
    {
        if (match.Words.Count == 0 || rows.Count == 0)
        {
            return rows;
        }

        var ids = rows.ConvertAll(r => r.Id);
        var some = await new MemberWalk(db, workspace, match.Words).AmongAsync(match.Rows.Where(m => ids.Contains(m.Id)), ct);
        var bearing = some.ToHashSet();
        return rows.FindAll(r => bearing.Contains(r.Id));
    }

    /// <summary>A group, with the key of its name and its size up to a bound.</summary>
    internal sealed record Sized(Id<Group> Id, string Key, int Size);

    /// <summary>Somebody, and the group with which they stand; null for none.</summary>
    internal sealed record Row
    {
        public required Id<Member> Id { get; init; }

        public required string SortKey { get; init; }

        public Id<Group>? Group { get; init; }
    }
}
