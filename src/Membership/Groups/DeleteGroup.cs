using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Rules;
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

                if (await RuleMoves.DeletedAsync(attempt, workspace, group, ct) is { } used)
                {
                    return used;
                }

                GroupStatements.Empty(attempt.Changes, workspaceId, id);
                attempt.Changes.Remove(group);
                attempt.Changes.Count(new(workspaceId, CounterKind.Groups), -1);
                attempt.Changes.Tell("group.deleted", workspaceId, ("group", id.Value, group.DisplayName), before: group);
                return default(Nothing);
            },
            ct
        );
}
