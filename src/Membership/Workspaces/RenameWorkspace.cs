using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Gives a workspace another name for people. Its slug, and with it every address and the directory's, stays. Refusals: <c>forbidden</c>,
/// <c>notFound</c>, <c>stale</c>, a name that is none.
/// </summary>
public sealed class RenameWorkspace(Store store)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MostName = 200;

    /// <summary>Renames it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="seen">The workspace's version that the change is based on; null for any.</param>
    /// <param name="name">The new name.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Workspace>> RunAsync(Actor actor, Id<Workspace> workspaceId, long? seen, string name, CancellationToken ct) =>
        store.ChangeAsync<Workspace>(
            actor,
            workspaceId,
            "workspace.renamed",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
                {
                    return refused;
                }

                if (Check(name) is { } wrong)
                {
                    return wrong;
                }

                if (await attempt.Db.Workspaces.AsNoTracking().FirstOrDefaultAsync(w => w.Id == workspaceId, ct) is not { } row)
                {
                    return Refusal.NotFound("workspace");
                }

                if (seen is { } version && row.Version != version)
                {
                    return Refusal.Stale();
                }

                if (row.Name == name.Trim())
                {
                    return row;
                }

                var renamed = row with { Name = name.Trim(), Version = row.Version + 1 };
                attempt.Changes.Update(row, renamed);
                attempt.Changes.Tell("workspace.renamed", workspaceId, ("workspace", workspaceId.Value, renamed.Name), row, renamed);
                return renamed;
            },
            ct
        );

    /// <summary>What is wrong with a name; null when nothing is.</summary>
    internal static Refusal? Check(string name) =>
        Key.Check("name", name.Trim()) is not null || name.Trim().Length > MostName
            ? Refusal.Invalid("name", "A name has 1 to 200 characters on one line.")
            : null;
}
