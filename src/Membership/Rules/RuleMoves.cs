using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// What rules make of a change that a directory makes: of who is in a group for which they ask, of an attribute for which they ask. Asked
/// by the acts that change these, in their own transaction; costs nothing where no rule asks.
/// </summary>
internal static class RuleMoves
{
    /// <summary>How many people's rules are asked within the act; more are looked through by a job.</summary>
    public const int MostInAct = 100;

    /// <summary>
    /// People come into a group and go. Each one's version moves, so that two who change the groups of one person at once do not both
    /// write; of very many none does, and the job looks at everybody after it. Who comes in and finds no room is refused as
    /// <see cref="Admission"/> says, or stays without where the act must not fail by it; who goes is never held.
    /// </summary>
    public static async Task<Refusal?> GroupAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Group group,
        List<Id<Member>> added,
        List<Id<Member>> removed,
        CancellationToken ct,
        bool mayRefuse = true
    )
    {
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        if (added.Count + removed.Count == 0 || !rules.Asked.Contains(group.Id))
        {
            return null;
        }

        if (added.Count + removed.Count > MostInAct)
        {
            await HeldRules.ManyAsync(attempt, workspace, [.. added, .. removed], ct);
            await RuleRuns.StartAsync(attempt, workspace.Id, $"Many people came into the group {group.DisplayName} or left it", ct);
            return null;
        }

        var comes = added.ToHashSet();
        var placement = new RulePlacement(attempt, workspace, rules);
        foreach (var file in await RuleFile.ReadAsync(attempt.Db, workspace.Id, rules, [.. added.Concat(removed).Order()], ct))
        {
            var isIn = comes.Contains(file.File.Member.Id);
            if (
                await placement.PlaceAsync(
                    file,
                    id => id == group.Id ? isIn : file.Groups.ContainsKey(id),
                    mayRefuse: mayRefuse && isIn,
                    isTouched: true,
                    ct
                ) is
                { } refusal
            )
            {
                return refusal;
            }
        }

        await placement.FillAsync(ct);
        return null;
    }

    /// <summary>Who is in a group by a rule is not taken out by hand; null when nobody is.</summary>
    public static async Task<Refusal?> ByHandAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Group group,
        List<Id<Member>> removed,
        CancellationToken ct
    )
    {
        if (removed.Count == 0 || attempt.Actor.Kind == ActorKind.Directory || attempt.Actor.Unlimited)
        {
            return null;
        }

        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        if (!rules.Filled.Contains(group.Id))
        {
            return null;
        }

        var gone = removed.ToHashSet();
        var byRule = await attempt
            .Db.GroupMembers.AsNoTracking()
            .Where(g => g.WorkspaceId == workspace.Id && g.GroupId == group.Id && g.RuleId != null)
            .Select(g => new { g.MemberId, g.RuleId })
            .ToListAsync(ct);
        return byRule.Find(g => gone.Contains(g.MemberId)) is { RuleId: { } id } && rules.Find(id.ToString()) is { } rule
            ? new(
                RefusalKind.Conflict,
                "ruleGiven",
                $"The rule \"{rule.Name}\" ({RuleWords.Condition(rule, rules.Groups)}) puts people into the group {group.DisplayName}. "
                    + "Change what your directory says of them, or change the rule.",
                "members"
            )
            : null;
    }

    /// <summary>
    /// A group that rules name goes, or becomes the directory's: the version of the configuration moves, since what is kept of the rules at
    /// the old one is no longer so, and everybody is looked at.
    /// </summary>
    public static async Task GroupChangedAsync(Attempt attempt, WorkspaceContext workspace, Group group, string what, CancellationToken ct)
    {
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        if (rules.Groups.ContainsKey(group.Id))
        {
            RuleBook.Renew(attempt, workspace);
            await RuleRuns.StartAsync(attempt, workspace.Id, $"The group {group.DisplayName} {what}", ct);
        }
    }

    /// <summary>A group is there again whose loss broke rules: they work again, and everybody is looked at.</summary>
    public static async Task CameBackAsync(Attempt attempt, WorkspaceContext workspace, Group group, CancellationToken ct)
    {
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        if (rules.Rules.Any(r => r.Rule.GroupId == group.Id || r.Rule.Fills.Contains(group.Id)))
        {
            RuleBook.Renew(attempt, workspace);
            await RuleRuns.StartAsync(attempt, workspace.Id, $"The group {group.DisplayName} is there again", ct);
        }
    }

    /// <summary>
    /// A group goes. Of an admin it is refused while a rule names it; of a directory it is done, the rule is shown as broken, and whoever
    /// had something by it loses that at once, or, of many, by the job.
    /// </summary>
    public static async Task<Refusal?> DeletedAsync(Attempt attempt, WorkspaceContext workspace, Group group, CancellationToken ct)
    {
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        if (
            attempt.Actor.Kind != ActorKind.Directory
            && rules.Rules.FirstOrDefault(r => r.Rule.GroupId == group.Id || r.Rule.Fills.Contains(group.Id)) is { } uses
        )
        {
            return new(
                RefusalKind.Conflict,
                "groupInUse",
                $"The rule \"{uses.Rule.Name}\" names the group {group.DisplayName}. Change or delete the rule first."
            );
        }

        if (rules.Asked.Contains(group.Id))
        {
            var members = await attempt
                .Db.GroupMembers.AsNoTracking()
                .Where(g => g.WorkspaceId == workspace.Id && g.GroupId == group.Id)
                .OrderBy(g => g.MemberId)
                .Select(g => g.MemberId)
                .Take(MostInAct + 1)
                .ToListAsync(ct);
            if (members.Count > MostInAct)
            {
                await HeldRules.GroupAsync(attempt, workspace, group, ct);
            }
            else if (await GroupAsync(attempt, workspace, group, [], members, ct) is { } refusal)
            {
                return refusal;
            }
        }

        await GroupChangedAsync(attempt, workspace, group, "was deleted", ct);
        return null;
    }

    /// <summary>What the rules give somebody whom a directory brings in: no group yet, only what it says of them.</summary>
    /// <param name="attempt">The try it belongs to.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="member">Who comes in.</param>
    /// <param name="grants">Their other grants.</param>
    /// <param name="ct">Stops the reading.</param>
    /// <returns>All grants, and what fills groups once the member is placed; null for nothing.</returns>
    public static async Task<(IReadOnlyList<Grant> Grants, Func<Task>? Fill)> NewcomerAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Member member,
        IReadOnlyList<Grant> grants,
        CancellationToken ct
    )
    {
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        if (rules.FactsOf(member.Document) is var facts && ReferenceEquals(facts, RuleFacts.None))
        {
            return (grants, null);
        }

        var verdict = rules.Resolve(_ => false, facts);
        return (
            RuleGrants.Over(attempt, workspace.Id, member.Id, grants, verdict),
            verdict.Groups.Count == 0 || HeldRules.WaitToBeLetIn(member)
                ? null
                : () =>
                {
                    var fills = new RuleFills(attempt, workspace.Id);
                    fills.Of(member.Id, new Dictionary<Id<Group>, Id<GroupRule>?>(), verdict);
                    return fills.WriteAsync(rules.Groups, ct);
                }
        );
    }

    /// <summary>
    /// The same for somebody of whom a directory says something else; their grants stay where nothing changed for which rules ask, and
    /// where what they say waits (<see cref="HeldRules"/>): then the member is marked.
    /// </summary>
    public static async Task<(Member After, IReadOnlyList<Grant> Grants, Func<Task>? Fill)> RevisedAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        Member after,
        CancellationToken ct
    )
    {
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        if (rules.IsEmpty)
        {
            return (after, file.Grants, null);
        }

        after = MemberStateRules.WithoutSettledHold(after);
        var facts = rules.FactsOf(after.Document);
        // with the end of a hold counts what waited, or was not asked for
        var isOver = file.Member.HeldAs is not null && after.HeldAs is null;
        if (
            !isOver
            && (after.Document == file.Member.Document || !rules.AsksForAttributes || facts.Equals(rules.FactsOf(file.Member.Document)))
        )
        {
            return (after, file.Grants, null);
        }

        // read after the member: who changes the groups meanwhile moves the version
        var whole = await RuleFile.OfAsync(attempt.Db, rules, file, ct);
        var verdict = rules.Resolve(whole.Groups.ContainsKey, facts);
        if (HeldRules.Wait(attempt, workspace, after))
        {
            var marked = HeldRules.Marked(attempt, workspace, whole, after, verdict);
            if (marked.AwaitsDecision && !after.AwaitsDecision)
            {
                await HoldRows.HoldAsync(attempt, workspace, 1, ct);
            }

            return (marked, file.Grants, null);
        }

        var grants = await GrantedAsync(attempt, workspace, file, verdict, ct);
        if (HeldRules.WaitToBeLetIn(after))
        {
            return (after, grants, null);
        }

        var fills = new RuleFills(attempt, workspace.Id);
        return (after, grants, fills.Of(file.Member.Id, whole.Groups, verdict) ? () => fills.WriteAsync(rules.Groups, ct) : null);
    }

    /// <summary>What the rules give somebody on whom an admin decided: all that waited.</summary>
    /// <returns>All grants, and what fills groups once the member is placed; null for nothing.</returns>
    public static async Task<(IReadOnlyList<Grant> Grants, Func<Task>? Fill)> ReleasedAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        CancellationToken ct
    )
    {
        var rules = await RuleSet.OfAsync(attempt.Db, workspace, ct);
        if (rules.IsEmpty)
        {
            return (file.Grants, null);
        }

        var whole = await RuleFile.OfAsync(attempt.Db, rules, file, ct);
        var (verdict, grants) = await WantedAsync(attempt, workspace, rules, whole, ct);
        var fills = new RuleFills(attempt, workspace.Id);
        return (grants, fills.Of(file.Member.Id, whole.Groups, verdict) ? () => fills.WriteAsync(rules.Groups, ct) : null);
    }

    /// <summary>What the rules say of somebody now, and all grants with it.</summary>
    public static async Task<(Verdict Verdict, IReadOnlyList<Grant> Grants)> WantedAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        RuleSet rules,
        RuleFile file,
        CancellationToken ct
    )
    {
        var verdict = rules.Resolve(file.Groups.ContainsKey, rules.FactsOf(file.File.Member.Document));
        return (verdict, await GrantedAsync(attempt, workspace, file.File, verdict, ct));
    }

    private static async Task<IReadOnlyList<Grant>> GrantedAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        MemberWithGrants file,
        Verdict verdict,
        CancellationToken ct
    )
    {
        var grants = RuleGrants.Over(attempt, workspace.Id, file, verdict);
        return ReferenceEquals(grants, file.Grants)
            ? grants
            : await RuleGrants.KeepLastAdminAsync(attempt, workspace.Configuration, file, grants, ct);
    }
}
