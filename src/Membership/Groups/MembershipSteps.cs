using UserManagement.Membership.Members;

namespace UserManagement.Membership.Groups;

/// <summary>What several steps on a group's members say together.</summary>
internal static class MembershipSteps
{
    /// <summary>The last word on each id, in the order of the ids, each once.</summary>
    /// <returns>Whether exactly those added stay; who is added; who is taken out.</returns>
    public static (bool OnlyThese, List<Id<Member>> Add, List<Id<Member>> Remove) Fold(IReadOnlyList<MembershipStep> steps)
    {
        var first = steps.Count - 1;
        while (first > 0 && steps[first].Kind != MembershipStepKind.Set)
        {
            first--;
        }

        first = Math.Max(first, 0);
        var onlyThese = steps.Count > 0 && steps[first].Kind == MembershipStepKind.Set;
        if (first == steps.Count - 1)
        {
            return steps[first].Kind == MembershipStepKind.Remove
                ? (false, [], Sorted(steps[first].Members))
                : (onlyThese, Sorted(steps[first].Members), []);
        }

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

        return (onlyThese, add, remove);
    }

    /// <summary>A single step, as almost all are, needs no words beside the ids.</summary>
    private static List<Id<Member>> Sorted(IReadOnlyList<Id<Member>> members)
    {
        var ids = new List<Id<Member>>(members.Count);
        ids.AddRange(members);
        ids.Sort();
        Id<Member>? last = null;
        ids.RemoveAll(id =>
        {
            var isTwice = id == last;
            last = id;
            return isTwice;
        });
        return ids;
    }
}
