using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Workspaces;

/// <summary>
/// Gives a workspace a logo, another one, or none. Refusals: <c>forbidden</c>, <c>notFound</c>, <c>stale</c>, what is no PNG, JPEG or WebP
/// picture of at most 200 KB and 16 to 2000 pixels.
/// </summary>
public sealed class SetLogo(Store store)
{
    /// <summary>Sets it.</summary>
    /// <param name="actor">Who acts.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="seen">The workspace's version that the change is based on; null for any.</param>
    /// <param name="content">The picture; null for none.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Workspace>> RunAsync(Actor actor, Id<Workspace> workspaceId, long? seen, byte[]? content, CancellationToken ct) =>
        store.ChangeAsync<Workspace>(
            actor,
            workspaceId,
            "workspace.logoChanged",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ConfigureWorkspace) is { } refused)
                {
                    return refused;
                }

                string? name = null;
                if (content is not null && !LogoImage.Check(content).Is(out name, out var wrong))
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

                if (row.Logo == name)
                {
                    return row;
                }

                var changed = row with { Logo = name, Version = row.Version + 1 };
                attempt.Changes.Update(row, changed); // of two at once one is planned anew: there is one logo
                if (await attempt.Db.WorkspaceLogos.AsNoTracking().FirstOrDefaultAsync(l => l.WorkspaceId == workspaceId, ct) is { } old)
                {
                    attempt.Changes.Remove(old, mustExist: false);
                }

                if (name is not null)
                {
                    attempt.Changes.Add(
                        new WorkspaceLogo
                        {
                            WorkspaceId = workspaceId,
                            Name = name,
                            Content = content!,
                        }
                    );
                }

                attempt.Changes.Tell("workspace.logoChanged", workspaceId, ("workspace", workspaceId.Value, row.Name), row, changed);
                return changed;
            },
            ct
        );
}
