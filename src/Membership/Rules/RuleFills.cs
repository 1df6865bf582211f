using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// Who comes into groups by rules, and goes. A place in a group that somebody gave by hand is none of the rules' business: only rows that
/// name a rule are taken away.
/// </summary>
internal sealed class RuleFills(Attempt attempt, Id<Workspace> workspace)
{
    private readonly SortedDictionary<(Id<Group> Group, Id<GroupRule> Rule), List<Id<Member>>> _in = [];
    private readonly SortedDictionary<Id<Group>, List<Id<Member>>> _out = [];
    private readonly SortedDictionary<(Id<Group> Group, Id<GroupRule> Rule), List<Id<Member>>> _other = [];

    /// <summary>Notes what changes for one member.</summary>
    /// <param name="member">The member.</param>
    /// <param name="groups">The groups they are in, each with the rule that put them there.</param>
    /// <param name="verdict">What the rules say.</param>
    /// <returns>Whether anything does.</returns>
    public bool Of(Id<Member> member, IReadOnlyDictionary<Id<Group>, Id<GroupRule>?> groups, Verdict verdict)
    {
        var changes = false;
        foreach (var (group, rule) in verdict.Groups)
        {
            if (!groups.TryGetValue(group, out var by))
            {
                Note(_in, (group, rule.Id), member);
                changes = true;
            }
            else if (by is not null && by != rule.Id)
            {
                Note(_other, (group, rule.Id), member);
                changes = true;
            }
        }

        foreach (var (group, by) in groups)
        {
            if (by is not null && !verdict.Groups.ContainsKey(group))
            {
                Note(_out, group, member);
                changes = true;
            }
        }

        return changes;
    }

    /// <summary>Queues it: rows of members, then the groups' own, as <see cref="GroupStatements"/> does.</summary>
    /// <param name="known">The groups that rules name.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task WriteAsync(IReadOnlyDictionary<Id<Group>, Group> known, CancellationToken ct)
    {
        if (_in.Count + _out.Count + _other.Count == 0)
        {
            return;
        }

        var groups = await GroupsAsync(known, ct);
        var changed = new SortedSet<Id<Group>>();
        foreach (var ((id, rule), members) in _in)
        {
            if (groups.GetValueOrDefault(id) is { } group)
            {
                GroupStatements.Join(attempt, group, members, rule.Value).ForEach(attempt.Changes.ExecuteAfterAdds);
                Tell(group, "added", members, isAfter: true);
                changed.Add(id);
            }
        }

        foreach (var ((id, rule), members) in _other)
        {
            GroupStatements.Renamed(attempt, id, workspace, members, rule.Value).ForEach(attempt.Changes.Execute);
        }

        foreach (var id in _out.Keys.Where(groups.ContainsKey))
        {
            changed.Add(id);
        }

        foreach (var id in changed)
        {
            GroupStatements.Touch(attempt.Changes, workspace, id);
        }

        foreach (var (id, members) in _out)
        {
            if (groups.GetValueOrDefault(id) is { } group)
            {
                foreach (var statement in GroupStatements.Leave(attempt, group, members))
                {
                    attempt.Changes.Execute(statement);
                }

                Tell(group, "removed", members, isAfter: false);
            }
        }
    }

    private async Task<IReadOnlyDictionary<Id<Group>, Group>> GroupsAsync(IReadOnlyDictionary<Id<Group>, Group> known, CancellationToken ct)
    {
        var missing = _out.Keys.Where(id => !known.ContainsKey(id)).ToList();
        if (missing.Count == 0)
        {
            return known;
        }

        var all = known.ToDictionary();
        foreach (var group in await RuleSet.GroupsAsync(attempt.Db, workspace, missing, ct))
        {
            all[group.Id] = group;
        }

        return all;
    }

    private void Tell(Group group, string word, List<Id<Member>> members, bool isAfter)
    {
        var told = ReviseGroup.Told(word, members);
        attempt.Changes.TellFacts(
            "group.membersChanged",
            workspace,
            ("group", group.Id.Value, group.DisplayName),
            isAfter ? null : told,
            isAfter ? told : null
        );
    }

    private static void Note<T>(SortedDictionary<T, List<Id<Member>>> notes, T place, Id<Member> member)
        where T : notnull
    {
        if (!notes.TryGetValue(place, out var members))
        {
            notes[place] = members = [];
        }

        members.Add(member);
    }
}
