using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Reads a workspace for those who are in it: itself, its configuration, its counts. Refusals: <c>notFound</c>, <c>forbidden</c>.
/// </summary>
public sealed class ReadWorkspace(Store store)
{
    /// <summary>The workspace with roles and licenses, for everybody who is in it.</summary>
    public async Task<Outcome<WorkspaceContext>> RunAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (!actor.Unlimited && actor.Workspace != workspace)
        {
            return Refusal.NotFound("workspace");
        }

        await using var db = store.Read();
        return await WorkspaceContext.ByIdAsync(db, workspace, ct) is { } found ? found : Refusal.NotFound("workspace");
    }

    /// <summary>The whole configuration, for those who may change it.</summary>
    public async Task<Outcome<WorkspaceContext>> ConfigurationAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct) =>
        actor.Demand(workspace, Permission.ConfigureWorkspace) is { } refused ? refused : await RunAsync(actor, workspace, ct);

    /// <summary>The counts: seats, slots, licenses, states; for those who may see the people.</summary>
    public async Task<Outcome<Counts>> CountsAsync(Actor actor, Id<Workspace> workspace, CancellationToken ct)
    {
        if (actor.Demand(workspace, Permission.ReadMembers) is { } refused)
        {
            return refused;
        }

        await using var db = store.Read();
        return await Counts.ReadAsync(db, workspace, ct);
    }
}
