using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>
/// Makes a group, by an admin or a directory. Refusals: <c>forbidden</c>, <c>groupNameTaken</c> (where names are
/// unique), an invalid name, unknown members where the workspace is strict.
/// </summary>
public sealed class CreateGroup(Store store)
{
    /// <summary>Makes the group with its first members.</summary>
    public Task<Outcome<ChangedGroup>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        GroupFacts facts,
        IReadOnlyList<Id<Member>> members,
        CancellationToken ct
    ) =>
        store.ChangeAsync<ChangedGroup>(
            actor,
            workspaceId,
            "group.created",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageGroups) is { } refused)
                {
                    return refused;
                }

                if (facts.Check() is { } wrong)
                {
                    return wrong;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                var group = Named(
                    workspace,
                    new Group
                    {
                        WorkspaceId = workspaceId,
                        Id = Id<Group>.New(attempt.Time),
                        DisplayName = facts.DisplayName,
                        DisplayNameKey = "",
                        IsDirectoryManaged = actor.Kind == ActorKind.Directory,
                        CreatedAt = attempt.At,
                        ModifiedAt = attempt.At,
                        Version = 1,
                    },
                    facts
                );
                if (await IsTakenAsync(attempt, group, ct))
                {
                    return NameTaken();
                }

                if (await MembershipPlan.MakeAsync(attempt, workspaceId, null, [new(MembershipStepKind.Add, members)], ct) is not { } plan)
                {
                    return Refusal.Busy(); // nobody is told: it is planned anew at its turn
                }

                if (plan.Unknown.Count > 0 && workspace.Configuration.Scim.Strict)
                {
                    return UnknownMember(plan.Unknown[0]);
                }

                attempt.Changes.Add(group);
                foreach (var statement in GroupStatements.Join(attempt, group, plan.Added))
                {
                    attempt.Changes.ExecuteAfterAdds(statement);
                }

                attempt.Changes.Count(new(workspaceId, CounterKind.Groups), 1);
                attempt.Changes.Tell(
                    "group.created",
                    workspaceId,
                    ("group", group.Id.Value, group.DisplayName),
                    after: group,
                    passedOver: ReviseGroup.PassedOver(facts, plan)
                );
                if (plan.Added.Count > 0)
                {
                    attempt.Changes.TellFacts(
                        "group.membersChanged",
                        workspaceId,
                        ("group", group.Id.Value, group.DisplayName),
                        null,
                        ReviseGroup.Told("added", plan.Added)
                    );
                }

                return new ChangedGroup(group, plan.Added.Count, 0, plan.Unknown);
            },
            ct
        );

    /// <summary>A group of that name is there already.</summary>
    internal static Refusal NameTaken() =>
        new(RefusalKind.Conflict, "groupNameTaken", "A group of this name is there already.", "displayName");

    /// <summary>A member that is not there.</summary>
    internal static Refusal UnknownMember(Id<Member> id) =>
        Refusal.Unknown("member", $"There is no member {id} in this workspace.", "members");

    /// <summary>The group with what is said about it.</summary>
    internal static Group Named(WorkspaceContext workspace, Group group, GroupFacts facts) =>
        group with
        {
            DisplayName = facts.DisplayName,
            DisplayNameKey = Key.Of(facts.DisplayName),
            UniqueNameKey = workspace.Configuration.Scim.UniqueGroupNames ? Key.Of(facts.DisplayName) : null,
            ExternalId = facts.ExternalId,
            Document = facts.Document,
        };

    /// <summary>Whether another group has the name.</summary>
    internal static async Task<bool> IsTakenAsync(Attempt attempt, Group group, CancellationToken ct) =>
        group.UniqueNameKey is { } key
        && await attempt.Db.Groups.AnyAsync(g => g.WorkspaceId == group.WorkspaceId && g.DisplayNameKey == key && g.Id != group.Id, ct);
}
