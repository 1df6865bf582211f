using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Undo;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Groups;

/// <summary>
/// Deletes a group; its members stay members. Refusals: <c>notFound</c>, <c>forbidden</c>, <c>directoryManaged</c> (an
/// admin at a directory's group), <c>groupInUse</c> (by a rule), <c>stale</c>.
/// </summary>
public sealed class DeleteGroup(Store store)
{
    /// <summary>Deletes it.</summary>
    public Task<Outcome<Nothing>> RunAsync(
        Actor actor,
        Id<Workspace> workspaceId,
        Id<Group> id,
        Func<long, bool>? accepts,
        CancellationToken ct
    ) =>
        store.ChangeAsync<Nothing>(
            actor,
            workspaceId,
            "group.deleted",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageGroups) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await attempt.Db.Groups.AsNoTracking().FirstOrDefaultAsync(g => g.WorkspaceId == workspaceId && g.Id == id, ct)
                        is not { } group
                )
                {
                    return Refusal.NotFound("group");
                }

                if (accepts is not null && !accepts(group.Version))
                {
                    return Refusal.Stale();
                }

                if (group.IsDirectoryManaged && actor.Kind is (ActorKind.Member or ActorKind.ApiKey))
                {
                    return new Refusal(RefusalKind.Conflict, "directoryManaged", "This group comes from your directory. Delete it there.");
                }

                if (await Breaker.DeletedGroupAsync(attempt, workspace, group, ct) is { } waits)
                {
                    return waits;
                }

                return await DeleteAsync(attempt, workspace, group, null, ct);
            },
            ct
        );

    /// <summary>Queues that it goes, and everybody out of it; refused where a rule names it.</summary>
    internal static async Task<Outcome<Nothing>> DeleteAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        Group group,
        string? reason,
        CancellationToken ct
    )
    {
        if (await RuleMoves.DeletedAsync(attempt, workspace, group, ct) is { } used)
        {
            return used;
        }

        var members =
            attempt.Actor.Kind == ActorKind.Directory
                ? await attempt
                    .Db.GroupMembers.AsNoTracking()
                    .Where(g => g.WorkspaceId == workspace.Id && g.GroupId == group.Id && g.RuleId == null)
                    .Select(g => g.MemberId)
                    .ToListAsync(ct)
                : [];
        GroupStatements.Empty(attempt.Changes, workspace.Id, group.Id);
        attempt.Changes.Remove(group);
        attempt.Changes.Count(new(workspace.Id, CounterKind.Groups), -1);
        attempt.Changes.Tell(
            "group.deleted",
            workspace.Id,
            ("group", group.Id.Value, group.DisplayName),
            before: group,
            reason: reason,
            note: new()
            {
                Removed = NoteFacts.Packed(members),
                CreatedAt = group.CreatedAt.ToUnixTimeMilliseconds(),
                Version = group.Version,
            }
        );
        return default(Nothing);
    }
}
