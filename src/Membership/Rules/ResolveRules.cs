using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>
/// Lets everybody be looked at again, for whom there was no seat the last time. Refusals: <c>forbidden</c>, <c>notFound</c>.
/// </summary>
public sealed class ResolveRules(Store store)
{
    /// <summary>Begins it.</summary>
    public Task<Outcome<Nothing>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            actor,
            workspaceId,
            "rules.started",
            async attempt =>
            {
                if (RuleDesk.MayChange(actor, workspaceId) is { } refused)
                {
                    return refused;
                }

                if (await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("workspace");
                }

                await RuleRuns.StartAsync(attempt, workspaceId, "Somebody asked for it", ct);
                attempt.Changes.Tell("rules.started", workspaceId, ("workspace", workspaceId.Value, workspace.Row.Name));
                return default(Nothing);
            },
            ct
        );
}
