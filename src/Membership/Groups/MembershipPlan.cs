using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>
/// The net of a list of steps on a group's members: who comes in, who goes out. Reads only the rows that the steps
/// name, so that changing one member of a group of 50,000 costs what it costs in a group of ten; only
/// <see cref="MembershipStepKind.Set"/> has to look at everybody, side by side with those named, a part at a time. What is
/// kept is sorted ids of sixteen bytes.
/// </summary>
internal sealed record MembershipPlan(IReadOnlyList<Id<Member>> Added, IReadOnlyList<Id<Member>> Removed, IReadOnlyList<Id<Member>> Unknown)
{
    private const int Chunk = 1000;

    /// <summary>Whether the steps would leave exactly people of whom none is here: a mistake, no wish to empty the group.</summary>
    public bool NamesOnlyStrangers { get; private init; }

    public static async Task<MembershipPlan> MakeAsync(MembershipDb db, Id<Workspace> workspace, Id<Group>? group, IReadOnlyList<MembershipStep> steps, CancellationToken ct)
    {
        var (onlyThese, add, remove) = Fold(steps);
        var stays = new Sorted(add);
        List<Id<Member>> removed = [];
        if (group is { } id)
        {
            var present = db.GroupMembers.AsNoTracking().Where(m => m.WorkspaceId == workspace && m.GroupId == id);
            if (onlyThese)
            {
                removed = await LeavingAsync(present, stays, ct);
            }
            else
            {
                await EachAsync(add, some => present.Where(m => some.Contains(m.MemberId)).Select(m => m.MemberId), stays.Strike, ct);
                await EachAsync(remove, some => present.Where(m => some.Contains(m.MemberId)).Select(m => m.MemberId), removed.Add, ct);
            }
        }

        // who is in the group is here: an ending takes them out of it
        var unknown = new Sorted(stays.Left());
        var added = new List<Id<Member>>();
        for (var at = 0; at < unknown.All.Count; at += Chunk)
        {
            var batch = new ReadBatch();
            var known = batch.Read($"SELECT id FROM members WHERE {db.IsAmong("workspace_id", "$1", "id", "$2")} AND state <> 'Ended'", row => new Id<Member>(row.GetGuid(0)),
                workspace.Value, db.IdList([.. unknown.All.Skip(at).Take(Chunk).Select(m => m.Value)]));
            await batch.RunAsync(db, ct);
            added.AddRange(known.Rows);
        }

        added.ForEach(known => unknown.Strike(known));
        added.Sort();
        removed.Sort();
        return new(added, removed, unknown.Left())
        {
            NamesOnlyStrangers = onlyThese && add.Count > 0 && added.Count == 0 && stays.Left().Count == add.Count,
        };
    }

    /// <summary>The last word on each id, in the order of the ids.</summary>
    private static (bool OnlyThese, List<Id<Member>> Add, List<Id<Member>> Remove) Fold(IReadOnlyList<MembershipStep> steps)
    {
        var first = steps.Count - 1;
        while (first > 0 && steps[first].Kind != MembershipStepKind.Set)
        {
            first--;
        }

        first = Math.Max(first, 0);
        var words = new List<(Id<Member> Member, int Step)>(steps.Skip(first).Sum(s => s.Members.Count));
        for (var at = first; at < steps.Count; at++)
        {
            foreach (var member in steps[at].Members)
            {
                words.Add((member, at));
            }
        }

        words.Sort(static (x, y) => x.Member.CompareTo(y.Member) is var order and not 0 ? order : x.Step.CompareTo(y.Step));
        var (add, remove) = (new List<Id<Member>>(words.Count), new List<Id<Member>>());
        for (var i = 0; i < words.Count; i++)
        {
            if (i == words.Count - 1 || words[i + 1].Member != words[i].Member)
            {
                (steps[words[i].Step].Kind == MembershipStepKind.Remove ? remove : add).Add(words[i].Member);
            }
        }

        return (steps.Count > 0 && steps[first].Kind == MembershipStepKind.Set, add, remove);
    }

    /// <summary>Who is in the group and not among those who stay; those who stay and are in are struck off.</summary>
    private static async Task<List<Id<Member>>> LeavingAsync(IQueryable<GroupMember> present, Sorted stays, CancellationToken ct)
    {
        var leaving = new List<Id<Member>>();
        var last = new Id<Member>(Guid.Empty);
        var goesOn = true;
        while (goesOn)
        {
            var after = last;
            var some = await present.Where(m => m.MemberId > after).OrderBy(m => m.MemberId).Select(m => m.MemberId).Take(Chunk).ToListAsync(ct);
            leaving.AddRange(some.Where(member => !stays.Strike(member)));
            goesOn = some.Count == Chunk;
            last = goesOn ? some[^1] : last;
        }

        return leaving;
    }

    private static async Task EachAsync(IReadOnlyList<Id<Member>> ids, Func<List<Id<Member>>, IQueryable<Id<Member>>> read, Action<Id<Member>> take, CancellationToken ct)
    {
        for (var at = 0; at < ids.Count; at += Chunk)
        {
            var some = ids.Skip(at).Take(Chunk).ToList();
            await foreach (var id in read(some).AsAsyncEnumerable().WithCancellation(ct))
            {
                take(id);
            }
        }
    }

    private static Task EachAsync(IReadOnlyList<Id<Member>> ids, Func<List<Id<Member>>, IQueryable<Id<Member>>> read, Func<Id<Member>, bool> take, CancellationToken ct) =>
        EachAsync(ids, read, id => { take(id); }, ct);

    /// <summary>Sorted ids of which some are struck off.</summary>
    private sealed class Sorted(List<Id<Member>> ids)
    {
        private readonly System.Collections.BitArray _struck = new(ids.Count);

        public List<Id<Member>> All => ids;

        /// <summary>Strikes one off; false when it is not among them.</summary>
        public bool Strike(Id<Member> id)
        {
            var at = ids.BinarySearch(id);
            if (at >= 0)
            {
                _struck[at] = true;
            }

            return at >= 0;
        }

        public List<Id<Member>> Left() => [.. ids.Where((_, at) => !_struck[at])];
    }
}
