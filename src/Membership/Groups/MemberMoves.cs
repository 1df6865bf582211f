using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>The groups into which one member comes and which they leave, within an act that changes more of them.</summary>
internal sealed class MemberMoves(Attempt attempt, WorkspaceContext workspace, Member member, MemberEdit edit)
{
    private readonly List<(Group Group, MembershipPlan Plan)> _moves = [];

    /// <summary>The groups into which they come.</summary>
    public IReadOnlyList<Group> Joined => [.. _moves.Where(m => m.Plan.Added.Count > 0).Select(m => m.Group)];

    /// <summary>The groups that they leave.</summary>
    public IReadOnlyList<Group> Left => [.. _moves.Where(m => m.Plan.Removed.Count > 0).Select(m => m.Group)];

    /// <summary>What stands against it; nothing is queued.</summary>
    /// <param name="isPlaced">Whether the same act places the member: no rule may place them a second time then.</param>
    /// <param name="ct">Stops the reading.</param>
    public async Task<IReadOnlyList<Refusal>> CheckAsync(bool isPlaced, CancellationToken ct)
    {
        var against = new List<Refusal>();
        // by id: so nobody who changes the same groups waits for this act, and this for them
        foreach (var id in edit.Joins.Concat(edit.Leaves).Distinct().Order())
        {
            if ((await PlanAsync(id, ct)).Refusal is { } refusal)
            {
                against.Add(
                    refusal.Kind == RefusalKind.NotFound
                        ? Refusal.Unknown("group", "There is no such group.", "groups")
                        : refusal with
                        {
                            Field = "groups",
                        }
                );
            }
        }

        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        var asked = _moves.FindAll(m => rules.Asked.Contains(m.Group.Id) && m.Plan.Added.Count + m.Plan.Removed.Count > 0);
        if (asked.Count > (isPlaced ? 0 : 1))
        {
            against.Add(
                new(
                    RefusalKind.Conflict,
                    "ruleGiven",
                    $"A rule gives something to who is in the group {asked[0].Group.DisplayName}. Change that group by itself.",
                    "groups"
                )
            );
        }

        return against;
    }

    /// <summary>Queues it, after the member's own row.</summary>
    public async Task<Refusal?> WriteAsync(CancellationToken ct)
    {
        foreach (var (group, plan) in _moves)
        {
            if (await RuleMoves.GroupAsync(attempt, workspace, group, plan.Added, plan.Removed, ct) is { } refusal)
            {
                return refusal;
            }

            ReviseGroup.Write(attempt, group, group, plan, guarded: false);
        }

        return null;
    }

    private async Task<Outcome<Nothing>> PlanAsync(Id<Group> id, CancellationToken ct)
    {
        if (!(await ReviseGroup.OpenAsync(attempt, workspace.Id, id, null, ct)).Is(out var group, out var refusal))
        {
            return refusal;
        }

        var kind = edit.Joins.Contains(id) ? MembershipStepKind.Add : MembershipStepKind.Remove;
        if (await MembershipPlan.MakeAsync(attempt, workspace.Id, id, [new(kind, [member.Id])], ct) is not { } plan)
        {
            return Refusal.Busy();
        }

        if (await RuleMoves.ByHandAsync(attempt, workspace, group, plan.Removed, ct) is { } locked)
        {
            return locked;
        }

        _moves.Add((group, plan));
        return default(Nothing);
    }
}
