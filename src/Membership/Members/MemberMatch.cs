using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members;

/// <summary>
/// Whom a query of the list means, in such words that a page costs the same in any workspace: few are named one by one, and of very many
/// the list is walked in its order until a page is full. Which of the two, a count decides that ends at a bound.
/// </summary>
/// <param name="Rows">Those whom the database finds under its indexes.</param>
/// <param name="Words">
/// Beginnings of words that so many people bear that each row is to be looked at for them, all of them (<see cref="MemberWalk"/>).
/// </param>
/// <param name="AtLeast">
/// So many match at least, where that was learned and nobody is to count them; null where they are to be counted.
/// </param>
internal sealed record MemberMatch(IQueryable<Member> Rows, IReadOnlyList<string> Words, long? AtLeast)
{
    /// <summary>See <see cref="MemberListPage.WithinUpTo"/>.</summary>
    public long? WithinUpTo { get; init; }

    /// <summary>So many are named one by one.</summary>
    public const int MostNamed = 500;

    private const int MostSorted = 5000;
    private const int MostWords = 8;
    private const int MostLookedAt = 20_000;
    private const int Page = 51;

    /// <summary>Finds out.</summary>
    public static async Task<MemberMatch> OfAsync(MembershipDb db, Id<Workspace> workspace, MemberListQuery query, CancellationToken ct)
    {
        var rows = await FilteredAsync(db, workspace, query, ct);
        long? atLeast = null;
        if (query.Group is { } group)
        {
            (rows, atLeast) = await InAsync(db, workspace, query, group, rows, ct);
        }

        var typed = Key.Typed(query.Search).Take(MostWords).ToList();
        return typed.Count == 0 ? new(rows, [], atLeast) : await FoundAsync(db, workspace, query, rows, typed, ct);
    }

    /// <summary>By what the database alone finds everybody, however many there are: for who takes all of them, not a page.</summary>
    public IQueryable<Member> Everybody(MembershipDb db, Id<Workspace> workspace) =>
        Words.Aggregate(
            Rows,
            (rows, word) =>
            {
                var found = Bearing(db, workspace, word);
                return rows.Where(m => found.Contains(m.Id));
            }
        );

    private static IQueryable<Id<Member>> Bearing(MembershipDb db, Id<Workspace> workspace, string low) =>
        Keys(db, workspace, low).Select(k => k.MemberId);

    /// <summary>
    /// Who bears a word that begins so, in the order of the index, somebody with several of them as often. Without an order, a database may
    /// look through all of the table for the few that one asks for.
    /// </summary>
    internal static IQueryable<Id<Member>> FirstBearing(MembershipDb db, Id<Workspace> workspace, string low) =>
        Keys(db, workspace, low).OrderBy(k => k.Value).ThenBy(k => k.MemberId).Select(k => k.MemberId);

    private static IQueryable<MemberKey> Keys(MembershipDb db, Id<Workspace> workspace, string low)
    {
        var high = low + "\U0010FFFF";
        return db.MemberKeys.Where(k =>
            k.WorkspaceId == workspace
            && k.Attribute == MemberKey.Word
            && string.Compare(k.Value, low) >= 0
            && string.Compare(k.Value, high) < 0
        );
    }

    private static async Task<IQueryable<Member>> FilteredAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        MemberListQuery query,
        CancellationToken ct
    )
    {
        // in two conditions: made one, they are no longer the words by which the indexes of the living are found
        var members = db.Members.AsNoTracking().Where(m => m.WorkspaceId == workspace && m.State != MemberState.Ended);
        members = query.Status is { } state ? members.Where(m => m.State == state) : members.Where(m => m.State != MemberState.Removed);
        if (query.Role is { Length: > 0 } role)
        {
            members = members.Where(m => m.Role == role);
        }

        if (query.Seat is { } seat)
        {
            members = members.Where(m => m.HasSeat == seat);
            if (!seat)
            {
                var without = await WithoutSeatAsync(db, workspace, ct);
                members = members.Where(m => without.Contains(m.Role));
            }
        }

        if (query.License is { Length: > 0 } license)
        {
            members = members.Where(m => m.License == license);
        }

        return Exactly(db, workspace, members, query);
    }

    internal static async Task<List<string>> WithoutSeatAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        (await WorkspaceContext.ByIdAsync(db, workspace, ct))?.Configuration.Roles.Where(r => !r.NeedsSeat).Select(r => r.Key).ToList()
        ?? [];

    /// <summary>Who is looked up by a name that they bear alone, or nearly so: an index leads to them.</summary>
    private static IQueryable<Member> Exactly(MembershipDb db, Id<Workspace> workspace, IQueryable<Member> members, MemberListQuery query)
    {
        if (query.UserName is { } userName)
        {
            var key = Key.Of(userName);
            var apart = By(MemberKey.UserName, key); // those whose own row has another key
            members = members.Where(m => m.UserNameKey == key || apart.Contains(m.Id));
        }

        if (query.Email is { } email)
        {
            var found = By(MemberKey.Emails, Key.Of(email));
            members = members.Where(m => found.Contains(m.Id));
        }

        if (query.ExternalId is { } externalId)
        {
            var found = By(MemberKey.ExternalId, externalId);
            members = members.Where(m => found.Contains(m.Id));
        }

        return members;

        IQueryable<Id<Member>> By(string attribute, string value) =>
            db.MemberKeys.Where(k => k.WorkspaceId == workspace && k.Attribute == attribute && k.Value == value).Select(k => k.MemberId);
    }

    private static async Task<(IQueryable<Member> Rows, long? AtLeast)> InAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        MemberListQuery query,
        Id<Group> group,
        IQueryable<Member> rows,
        CancellationToken ct
    )
    {
        var inside = db.GroupMembers.Where(g => g.WorkspaceId == workspace && g.GroupId == group).Select(g => g.MemberId);
        var inOrder = inside.Order(); // without it, a database may look through all groups for the few that one asks for
        var few = await inOrder.Take(MostNamed + 1).ToListAsync(ct);
        if (few.Count <= MostNamed)
        {
            return (rows.Where(m => few.Contains(m.Id)), null);
        }

        if (await IsSortedAsync(db, workspace, group, ct))
        {
            return (rows.Where(m => inside.Contains(m.Id)), null);
        }

        var counts = await Counts.ReadAsync(db, workspace, ct);

        // who was removed is in the group, and not in the list
        var removed = counts.In(MemberState.Removed);
        var isKnown =
            query is { Status: null, Role: null or "", Seat: null, License: null or "", Search: null or "", IsExact: false }
            && removed <= MostSorted
            && await inOrder.Skip(MemberList.MostCounted + (int)removed).AnyAsync(ct);
        return (
            rows.Where(m => db.GroupMembers.Any(g => g.WorkspaceId == workspace && g.GroupId == group && g.MemberId == m.Id)),
            isKnown ? MemberList.MostCounted : 0
        );
    }

    /// <summary>Whether the members of a group are sorted, rather than the list walked for them.</summary>
    internal static async Task<bool> IsSortedAsync(MembershipDb db, Id<Workspace> workspace, Id<Group> group, CancellationToken ct)
    {
        var sorted = Sorted(await Counts.ReadAsync(db, workspace, ct));
        var inside = db.GroupMembers.Where(g => g.WorkspaceId == workspace && g.GroupId == group).Select(g => g.MemberId);
        return !await inside.Order().Skip(sorted).AnyAsync(ct); // without an order, see InAsync
    }

    /// <summary>
    /// From how many on the list is walked instead of sorting those who are found: where both cost the same, a page among so many taking
    /// as many steps as there are of them.
    /// </summary>
    private static int Sorted(Counts counts) => Math.Clamp((int)Math.Sqrt((double)Page * counts.Listed), MostNamed, MostSorted);

    private static async Task<MemberMatch> FoundAsync(
        MembershipDb db,
        Id<Workspace> workspace,
        MemberListQuery query,
        IQueryable<Member> rows,
        List<string> typed,
        CancellationToken ct
    )
    {
        var counts = await Counts.ReadAsync(db, workspace, ct);
        List<Id<Member>>? named = null;
        var common = new List<string>();
        long atLeast = 0;
        long? withinUpTo = null;
        foreach (var word in typed)
        {
            var few = await FirstBearing(db, workspace, word).Take(MostNamed + 1).ToListAsync(ct);
            if (few.Count > MostNamed)
            {
                common.Add(word);
                atLeast = few.Distinct().Count() / 100 * 100;
            }
            else if (few.Count == 0 && word.Length > 1 && counts.Listed <= MostLookedAt)
            {
                // no word begins so; where there are few enough to look at, it may stand within one
                rows = rows.Where(m => m.SortKey.Contains(word) || m.UserNameKey!.Contains(word));
            }
            else
            {
                withinUpTo = few.Count == 0 && word.Length > 1 ? MostLookedAt : withinUpTo;
                named = named is null ? few : [.. named.Intersect(few)];
            }
        }

        if (named is { Count: 0 })
        {
            return new(rows.Where(m => false), [], null) { WithinUpTo = withinUpTo };
        }

        if (named is not null)
        {
            return await AmongAsync(rows.Where(m => named.Contains(m.Id)), common); // the rare word leads
        }

        foreach (var word in common)
        {
            if (!await FirstBearing(db, workspace, word).Skip(Sorted(counts)).AnyAsync(ct))
            {
                var found = Bearing(db, workspace, word);
                if (common.Count == 1)
                {
                    return new(rows.Where(m => found.Contains(m.Id)), [], null);
                }

                // some thousands: their words are looked up in the index, for a row of each would be read
                var all = common
                    .Where(w => w != word)
                    .Aggregate(found, (some, other) => some.Where(id => Keys(db, workspace, other).Any(k => k.MemberId == id)));
                var both = await all.Distinct().ToListAsync(ct);
                return new(rows.Where(m => both.Contains(m.Id)), [], null);
            }
        }

        if (common.Count == 0)
        {
            return new(rows, [], null);
        }

        var isAlone = typed.Count == 1 && query is { Status: null, Role: null or "", Seat: null, License: null or "", Group: null };
        return new(rows, common, isAlone && counts.In(MemberState.Removed) == 0 ? atLeast : 0);

        // each of the few is looked at for the other words
        async Task<MemberMatch> AmongAsync(IQueryable<Member> few, IReadOnlyList<string> others)
        {
            if (others.Count == 0)
            {
                return new(few, [], null);
            }

            var some = await new MemberWalk(db, workspace, others).AmongAsync(few, ct);
            return new(rows.Where(m => some.Contains(m.Id)), [], null);
        }
    }
}
