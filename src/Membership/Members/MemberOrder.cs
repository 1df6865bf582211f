using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>A member's place in an order by address or time.</summary>
/// <param name="Id">The member.</param>
/// <param name="Key">By what they are placed, as a text that sorts by its characters; null for never, which comes last.</param>
internal readonly record struct PlacedMember(Id<Member> Id, string? Key)
{
    private const char Keyed = 'k';
    private const string Never = "n";

    /// <summary>The place from which a page goes on.</summary>
    public PageCursor Cursor => new(Key is null ? Never : Keyed + Key, Id.Value);

    /// <summary>Reads that; null for a place of another order.</summary>
    public static PlacedMember? Read(PageCursor? cursor) =>
        cursor is not { } at ? null
        : at.Key == Never ? new(new(at.Id), null)
        : at.Key is [Keyed, ..] ? new(new(at.Id), at.Key[1..])
        : null;
}

/// <summary>
/// The list by address, by when somebody joined, was last active or signed in, in either direction, with those to whom it never happened at
/// its end. Where few match they are sorted; of many, the index of the order is walked until a page is full.
/// </summary>
/// <param name="db">To read through.</param>
/// <param name="workspace">The workspace.</param>
/// <param name="query">The order, and from where a page goes on.</param>
/// <param name="match">Whom the list shows.</param>
/// <param name="mostSorted">Up to so many are sorted.</param>
internal sealed class MemberOrder(MembershipDb db, Id<Workspace> workspace, MemberListQuery query, MemberMatch match, int mostSorted = 5000)
{
    private const int AtOnce = 5000;

    /// <summary>Whether an order is one of these.</summary>
    public static bool IsFor(MemberSort sort) => sort is MemberSort.Email or MemberSort.Joined or MemberSort.Activity or MemberSort.SignIn;

    private bool IsBackwards => query.Before is not null;

    private bool IsOfActivity => query.Sort is MemberSort.Activity or MemberSort.SignIn;

    /// <summary>The next of them from the cursor of the query on, in the order in which they are read.</summary>
    public async Task<List<PlacedMember>> NextAsync(int count, CancellationToken ct)
    {
        var from = PlacedMember.Read(query.Before ?? query.After);
        if (await IsManyAsync(ct))
        {
            return await WalkAsync(from, count, ct);
        }

        var few = await Keyed(match.Rows).Take(mostSorted + 1).ToListAsync(ct);
        if (few.Count > mostSorted)
        {
            return await WalkAsync(from, count, ct);
        }

        var bearing =
            match.Words.Count == 0 ? null : (await new MemberWalk(db, workspace, match.Words).AmongAsync(match.Rows, ct)).ToHashSet();
        var sorted = few.Select(k => new PlacedMember(k.Id, k.Key))
            .Where(p => bearing?.Contains(p.Id) != false)
            .Order(Comparer<PlacedMember>.Create(Compare));
        return
        [
            .. (IsBackwards ? sorted.Reverse() : sorted)
                .SkipWhile(p => from is { } at && (IsBackwards ? Compare(p, at) >= 0 : Compare(p, at) <= 0))
                .Take(count),
        ];
    }

    /// <summary>Without a look at the rows: everybody is asked for, and a count is kept of everybody.</summary>
    private async Task<bool> IsManyAsync(CancellationToken ct) =>
        query.IsEverybody && (await Counts.ReadAsync(db, workspace, ct)).Listed > mostSorted;

    private int Compare(PlacedMember one, PlacedMember other)
    {
        var never = (one.Key is null).CompareTo(other.Key is null);
        if (never != 0)
        {
            return never;
        }

        var key = string.CompareOrdinal(one.Key, other.Key);
        key = key != 0 ? key : one.Id.CompareTo(other.Id);
        return query.Descending ? -key : key;
    }

    private async Task<List<PlacedMember>> WalkAsync(PlacedMember? from, int count, CancellationToken ct)
    {
        List<PlacedMember> found = [];
        var size = IsOfActivity || match.Words.Count > 0 ? Math.Max(250, 4 * count) : count;
        foreach (var never in IsBackwards ? [true, false] : new[] { false, true })
        {
            if (from is { } begin && (begin.Key is null) != never)
            {
                continue; // the part was passed, or comes later
            }

            for (var isOver = false; !isOver && found.Count < count; )
            {
                var rows = await (never ? Nevers(from, size) : Keyed(from, size)).ToListAsync(ct);
                found.AddRange(await AmongAsync([.. rows.Select(r => new PlacedMember(r.Id, never ? null : r.Key))], never, ct));
                isOver = rows.Count < size;
                from = rows.Count == 0 ? from : new PlacedMember(rows[^1].Id, never ? null : rows[^1].Key);
                size = Math.Min(2 * size, AtOnce);
            }

            from = null;
        }

        return found[..Math.Min(count, found.Count)];
    }

    /// <summary>Who of a piece of the order matches, where the order itself did not ask.</summary>
    private async Task<List<PlacedMember>> AmongAsync(List<PlacedMember> rows, bool never, CancellationToken ct)
    {
        if (rows.Count == 0 || (match.Words.Count == 0 && (never || !IsOfActivity)))
        {
            return rows;
        }

        var ids = rows.ConvertAll(r => r.Id);
        var among = match.Rows.Where(m => ids.Contains(m.Id));
        HashSet<Id<Member>> some =
        [
            .. match.Words.Count == 0
                ? await among.Select(m => m.Id).ToListAsync(ct)
                : await new MemberWalk(db, workspace, match.Words).AmongAsync(among, ct),
        ];
        return rows.FindAll(r => some.Contains(r.Id));
    }

    /// <summary>A piece of the order itself, from a place on.</summary>
    internal IQueryable<Row> Keyed(PlacedMember? from, int size)
    {
        var down = query.Descending != IsBackwards;
        if (query.Sort == MemberSort.Email)
        {
            var rows = match.Rows.Select(m => new Row { Id = m.Id, Text = MembershipDb.Lower(m.Email ?? m.UserName) });
            if (from is { Key: { } key, Id: var id })
            {
                rows = down
                    ? rows.Where(r => string.Compare(r.Text, key) <= 0 && (string.Compare(r.Text, key) < 0 || r.Id < id))
                    : rows.Where(r => string.Compare(r.Text, key) >= 0 && (string.Compare(r.Text, key) > 0 || r.Id > id));
            }

            rows = down ? rows.OrderByDescending(r => r.Text).ThenByDescending(r => r.Id) : rows.OrderBy(r => r.Text).ThenBy(r => r.Id);
            return rows.Take(size);
        }

        var times = query.Sort switch
        {
            MemberSort.Joined => match.Rows.Where(m => m.JoinedAt != null).Select(m => new Row { Id = m.Id, At = m.JoinedAt }),
            MemberSort.Activity => Activities.Select(a => new Row { Id = a.MemberId, At = a.LastActiveAt }),
            _ => Activities.Select(a => new Row { Id = a.MemberId, At = a.LastSignInAt }),
        };
        if (from is { Key: { } text } place && Row.Time(text) is { } at)
        {
            var id = place.Id;
            times = down
                ? times.Where(r => r.At <= at && (r.At < at || r.Id < id))
                : times.Where(r => r.At >= at && (r.At > at || r.Id > id));
        }

        times = down ? times.OrderByDescending(r => r.At).ThenByDescending(r => r.Id) : times.OrderBy(r => r.At).ThenBy(r => r.Id);
        return times.Take(size);
    }

    private IQueryable<Row> Nevers(PlacedMember? from, int size)
    {
        var down = query.Descending != IsBackwards;
        var rows = query.Sort switch
        {
            MemberSort.Email => match.Rows.Where(m => false), // everybody has an address
            MemberSort.Joined => match.Rows.Where(m => m.JoinedAt == null),
            _ => match.Rows.Where(m => !Activities.Any(a => a.MemberId == m.Id)),
        };
        if (from is { Id: var id })
        {
            rows = down ? rows.Where(m => m.Id < id) : rows.Where(m => m.Id > id);
        }

        // those who never joined lie together in the index by time
        rows =
            query.Sort == MemberSort.Joined
                ? down
                    ? rows.OrderByDescending(m => m.JoinedAt).ThenByDescending(m => m.Id)
                    : rows.OrderBy(m => m.JoinedAt).ThenBy(m => m.Id)
                : down
                    ? rows.OrderByDescending(m => m.Id)
                    : rows.OrderBy(m => m.Id);
        return rows.Take(size).Select(m => new Row { Id = m.Id });
    }

    private IQueryable<MemberActivity> Activities => db.MemberActivities.AsNoTracking().Where(a => a.WorkspaceId == workspace);

    private IQueryable<Row> Keyed(IQueryable<Member> members) =>
        query.Sort switch
        {
            MemberSort.Email => members.Select(m => new Row { Id = m.Id, Text = MembershipDb.Lower(m.Email ?? m.UserName) }),
            MemberSort.Joined => members.Select(m => new Row { Id = m.Id, At = m.JoinedAt }),
            MemberSort.Activity => members.Select(m => new Row
            {
                Id = m.Id,
                At = Activities.Where(a => a.MemberId == m.Id).Select(a => (DateTimeOffset?)a.LastActiveAt).FirstOrDefault(),
            }),
            _ => members.Select(m => new Row
            {
                Id = m.Id,
                At = Activities.Where(a => a.MemberId == m.Id).Select(a => (DateTimeOffset?)a.LastSignInAt).FirstOrDefault(),
            }),
        };

    /// <summary>Somebody with what places them.</summary>
    internal sealed record Row
    {
        public required Id<Member> Id { get; init; }

        public string? Text { get; init; }

        public DateTimeOffset? At { get; init; }

        public string? Key => Text ?? At?.ToUnixTimeMilliseconds().ToString("D19", CultureInfo.InvariantCulture);

        public static DateTimeOffset? Time(string key) =>
            long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms < 253_402_300_800_000
                ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
                : null;
    }
}
