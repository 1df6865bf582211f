using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>
/// The net of a list of steps on a group's members: who comes in, who goes out. Reads only the rows that the steps
/// name, so that changing one member of a group of 50,000 costs what it costs in a group of ten; only
/// <see cref="MembershipStepKind.Set"/> has to look at everybody.
/// </summary>
internal sealed record MembershipPlan(IReadOnlyList<Id<Member>> Added, IReadOnlyList<Id<Member>> Removed, IReadOnlyList<Id<Member>> Unknown)
{
    private const int Chunk = 500;

    /// <summary>Whether the steps would leave exactly people of whom none is here: a mistake, no wish to empty the group.</summary>
    public bool NamesOnlyStrangers { get; private init; }

    public static async Task<MembershipPlan> MakeAsync(MembershipDb db, Id<Workspace> workspace, Id<Group>? group, IReadOnlyList<MembershipStep> steps, CancellationToken ct)
    {
        var add = new HashSet<Id<Member>>();
        var remove = new HashSet<Id<Member>>();
        var onlyThese = false;
        foreach (var step in steps)
        {
            switch (step.Kind)
            {
                case MembershipStepKind.Set:
                    onlyThese = true;
                    add.Clear();
                    remove.Clear();
                    add.UnionWith(step.Members);
                    break;
                case MembershipStepKind.Add:
                    add.UnionWith(step.Members);
                    remove.ExceptWith(step.Members);
                    break;
                default:
                    add.ExceptWith(step.Members);
                    remove.UnionWith(step.Members);
                    break;
            }
        }

        var known = await InChunksAsync(add, some => db.Members.AsNoTracking()
            .Where(m => m.WorkspaceId == workspace && some.Contains(m.Id) && m.State != MemberState.Ended).Select(m => m.Id).ToListAsync(ct));
        var present = group is not { } id ? []
            : onlyThese ? (await db.GroupMembers.AsNoTracking().Where(m => m.WorkspaceId == workspace && m.GroupId == id).Select(m => m.MemberId).ToListAsync(ct)).ToHashSet()
            : await InChunksAsync([.. add, .. remove], some => db.GroupMembers.AsNoTracking()
                .Where(m => m.WorkspaceId == workspace && m.GroupId == id && some.Contains(m.MemberId)).Select(m => m.MemberId).ToListAsync(ct));
        return new(
            [.. known.Where(m => !present.Contains(m)).Order()],
            [.. (onlyThese ? present.Where(m => !add.Contains(m)) : remove.Where(present.Contains)).Order()],
            [.. add.Where(m => !known.Contains(m)).Order()])
        {
            NamesOnlyStrangers = onlyThese && add.Count > 0 && known.Count == 0,
        };
    }

    private static async Task<HashSet<Id<Member>>> InChunksAsync(IReadOnlyCollection<Id<Member>> ids, Func<List<Id<Member>>, Task<List<Id<Member>>>> read)
    {
        var found = new HashSet<Id<Member>>();
        foreach (var some in ids.Chunk(Chunk))
        {
            found.UnionWith(await read([.. some]));
        }

        return found;
    }
}
