using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Undo;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>
/// Changes a group and who is in it, by an admin or a directory. Rivals on one group lose nobody: members come and go
/// by rows of their own. Refusals: <c>notFound</c>, <c>forbidden</c>, <c>directoryManaged</c> (an admin at a
/// directory's group), <c>stale</c>, <c>groupNameTaken</c>, an invalid name, unknown members where the workspace is
/// strict or where nobody known would be left of those named, and whatever the revision itself refuses.
/// </summary>
public sealed class ReviseGroup(Store store)
{
    /// <summary>How many of those who come or go a line of the audit log names.</summary>
    internal const int MostTold = 200;

    /// <summary>Reads the group, lets the caller revise it, and writes what differs.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">The group.</param>
    /// <param name="accepts">Whether the caller accepts a group of this version; null for any.</param>
    /// <param name="revise">What the facts become, and the steps on the members; may run several times.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The group as it now is; the same version when nothing differed.</returns>
    public async Task<Outcome<ChangedGroup>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Group> id,
        Func<long, bool>? accepts,
        Func<Group, Outcome<(GroupFacts Facts, IReadOnlyList<MembershipStep> Steps)>> revise,
        CancellationToken ct
    )
    {
        (DateTimeOffset At, IReadOnlyList<string> News) told = default;
        var outcome = await store.ChangeAsync<ChangedGroup>(
            actor,
            workspaceId,
            "group.changed",
            async attempt =>
            {
                told = default;
                if (actor.Demand(workspaceId, Permission.ManageGroups) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("group");
                }

                if (!(await OpenAsync(attempt, workspaceId, id, accepts, ct)).Is(out var group, out var refusal))
                {
                    return refusal;
                }

                if (!revise(group).Is(out var wanted, out refusal) || (refusal = wanted.Facts.Check()) is not null)
                {
                    return refusal;
                }

                if (await MembershipPlan.MakeAsync(attempt, workspaceId, id, wanted.Steps, ct) is not { } plan)
                {
                    return Refusal.Busy(); // nobody is told: it is planned anew at its turn
                }

                if (plan.NamesOnlyStrangers || (plan.Unknown.Count > 0 && workspace.Configuration.Scim.Strict))
                {
                    return CreateGroup.UnknownMember(plan.Unknown[0]);
                }

                var named = CreateGroup.Named(workspace, group, wanted.Facts);
                if (named.DisplayNameKey == group.DisplayNameKey)
                {
                    named = named with { UniqueNameKey = group.UniqueNameKey }; // names from before the rule stay until they change
                }

                if (actor.Kind == ActorKind.Directory)
                {
                    named = named with { IsDirectoryManaged = true };
                }

                if (named.UniqueNameKey != group.UniqueNameKey && await CreateGroup.IsTakenAsync(attempt, named, ct))
                {
                    return CreateGroup.NameTaken();
                }

                if (await Breaker.GroupAsync(attempt, workspace, group, plan.Removed.Count, ct) is { } waits)
                {
                    return waits;
                }

                if ((await AgainstRulesAsync(attempt, workspace, group, named, plan, ct)) is { } against)
                {
                    return against;
                }

                var passedOver = actor.Kind == ActorKind.Directory ? PassedOver(wanted.Facts, plan) : [];
                var changed = Write(attempt, group, named, plan, guarded: accepts is not null, passedOver);
                if (changed.IsSame)
                {
                    told = (
                        attempt.At,
                        await store.PassedOver.TellAsync(attempt, workspaceId, ("group", id.Value, group.DisplayName), passedOver, ct)
                    );
                }

                return changed;
            },
            ct
        );
        if (told.News is { Count: > 0 } && outcome.Refusal is null)
        {
            store.PassedOver.Keep(workspaceId, told.At, told.News);
        }

        return outcome;
    }

    /// <summary>The group as it is, where the actor may change it.</summary>
    internal static async Task<Outcome<Group>> OpenAsync(
        Attempt attempt,
        Id<Workspace> workspaceId,
        Id<Group> id,
        Func<long, bool>? accepts,
        CancellationToken ct
    )
    {
        var group = await attempt.Db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspaceId && g.Id == id, ct);
        return group is null ? Refusal.NotFound("group")
            : accepts is not null && !accepts(group.Version) ? Refusal.Stale()
            : group.IsDirectoryManaged && attempt.Actor.Kind is (ActorKind.Member or ActorKind.ApiKey)
                ? new Refusal(RefusalKind.Conflict, "directoryManaged", "This group comes from your directory. Change it there.")
            : group;
    }

    /// <summary>What the group rules make of it; the members' rows go first, before the group's.</summary>
    private static async Task<Refusal?> AgainstRulesAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Group group,
        Group named,
        MembershipPlan plan,
        CancellationToken ct
    )
    {
        if (await RuleMoves.ByHandAsync(attempt, workspace, group, plan.Removed, ct) is { } locked)
        {
            return locked;
        }

        if (named.IsDirectoryManaged && !group.IsDirectoryManaged)
        {
            await RuleMoves.GroupChangedAsync(attempt, workspace, group, "became the directory's", ct);
        }

        return await RuleMoves.GroupAsync(attempt, workspace, group, plan.Added, plan.Removed, ct);
    }

    /// <summary>What was sent and is not kept: what the door says, and members who are not here.</summary>
    internal static IReadOnlyList<string> PassedOver(GroupFacts facts, MembershipPlan plan) =>
        plan.Unknown.Count == 0 ? facts.PassedOver : [.. facts.PassedOver.Append("members (notHere)").Distinct(StringComparer.Ordinal)];

    /// <summary>Puts what differs into the attempt, in few statements however many come and go.</summary>
    internal static ChangedGroup Write(
        Attempt attempt,
        Group group,
        Group named,
        MembershipPlan plan,
        bool guarded,
        IReadOnlyList<string>? passedOver = null,
        string? reason = null
    )
    {
        var moves = plan.Added.Count + plan.Removed.Count > 0;
        var renamed = named with { IsDirectoryManaged = group.IsDirectoryManaged } != group;
        if (!moves && !renamed)
        {
            return new(group, 0, 0, plan.Unknown) { IsSame = true };
        }

        var after = named with { Version = group.Version + 1, ModifiedAt = attempt.At };
        foreach (var statement in GroupStatements.Join(attempt, after, plan.Added))
        {
            attempt.Changes.Execute(statement);
        }

        if (guarded || named != group)
        {
            attempt.Changes.Update(group, after);
        }
        else
        {
            GroupStatements.Touch(attempt.Changes, group.WorkspaceId, group.Id);
        }

        foreach (var statement in GroupStatements.Leave(attempt, after, plan.Removed))
        {
            attempt.Changes.Execute(statement);
        }

        if (renamed)
        {
            attempt.Changes.Tell(
                "group.changed",
                group.WorkspaceId,
                ("group", group.Id.Value, after.DisplayName),
                group,
                after,
                reason,
                passedOver
            );
        }

        if (moves)
        {
            attempt.Changes.TellFacts(
                "group.membersChanged",
                group.WorkspaceId,
                ("group", group.Id.Value, after.DisplayName),
                Told("removed", plan.Removed),
                Noted(Told("added", plan.Added), renamed ? null : passedOver),
                reason,
                plan.Added.Count > MostTold || plan.Removed.Count > MostTold
                    ? new() { Added = NoteFacts.Packed(plan.Added), Removed = NoteFacts.Packed(plan.Removed) }
                    : null
            );
        }

        return new(after, plan.Added.Count, plan.Removed.Count, plan.Unknown);
    }

    private static Dictionary<string, object>? Noted(Dictionary<string, object>? told, IReadOnlyList<string>? passedOver)
    {
        if (passedOver is { Count: > 0 })
        {
            (told ??= [])["passedOver"] = passedOver.Take(PassedOverNotes.MostInLine);
        }

        return told;
    }

    /// <summary>Who came or went, for the audit log: the first of them by id, and how many.</summary>
    internal static Dictionary<string, object>? Told(string word, IReadOnlyList<Id<Members.Member>> members) =>
        members.Count == 0 ? null : new() { [word] = members.Take(MostTold).Select(m => m.ToString()), ["count"] = members.Count };
}
