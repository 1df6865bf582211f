using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Reviews;

namespace UserManagement.Membership.Workspaces;

/// <summary>A workspace to make.</summary>
/// <param name="Slug">Its name in addresses.</param>
/// <param name="Name">The name that people see.</param>
/// <param name="Preset">One of <see cref="Preset.Names"/>.</param>
public sealed record CreateWorkspaceRequest(string Slug, string Name, string Preset);

/// <summary>
/// The operator makes a workspace. Refusals: <c>forbidden</c>, <c>slugTaken</c>, an invalid slug or name, an unknown preset.
/// </summary>
public sealed partial class CreateWorkspace(Store store)
{
    /// <summary>Makes the workspace with its configuration and its counts.</summary>
    public Task<Outcome<WorkspaceContext>> RunAsync(Actor actor, CreateWorkspaceRequest request, CancellationToken ct) =>
        store.ChangeAsync<WorkspaceContext>(
            actor,
            null,
            "workspace.created",
            async attempt =>
            {
                if (!actor.Unlimited)
                {
                    return Refusal.Forbidden("Only the operator makes workspaces.");
                }

                if (!Slug().IsMatch(request.Slug))
                {
                    return Refusal.Invalid(
                        "slug",
                        "A slug has 1 to 63 lower case letters, digits and hyphens, and neither begins nor ends with a hyphen."
                    );
                }

                if (RenameWorkspace.Check(request.Name) is { } wrong)
                {
                    return wrong;
                }

                if (Preset.Named(request.Preset) is not { } configuration)
                {
                    return Refusal.Invalid("preset", $"There is no preset {request.Preset}. There are: {string.Join(", ", Preset.Names)}.");
                }

                if (await attempt.Db.Workspaces.AnyAsync(w => w.Slug == request.Slug, ct))
                {
                    return new Refusal(RefusalKind.Conflict, "slugTaken", "A workspace of this slug is there already.", "slug");
                }

                var workspace = new Workspace
                {
                    Id = Id<Workspace>.New(attempt.Time),
                    Slug = request.Slug,
                    Name = request.Name.Trim(),
                    Configuration = configuration.Write(),
                    CreatedAt = attempt.At,
                    Version = 1,
                };
                attempt.Changes.Add(workspace);
                foreach (var (counter, limit) in Seats.Limits(workspace.Id, configuration))
                {
                    attempt.Changes.Add(
                        Seats.Asked(
                            configuration,
                            new Counter
                            {
                                WorkspaceId = workspace.Id,
                                Kind = counter.Kind,
                                Key = counter.Key,
                                Used = 0,
                            },
                            limit,
                            attempt.At
                        )
                    );
                }

                attempt.Changes.Tell(
                    "workspace.created",
                    workspace.Id,
                    ("workspace", workspace.Id.Value, workspace.Name),
                    after: workspace
                );
                var made = WorkspaceContext.Planned(workspace);
                await ReviewReminders.FollowAsync(attempt, null, made, ct);
                return made;
            },
            ct
        );

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex Slug();
}
