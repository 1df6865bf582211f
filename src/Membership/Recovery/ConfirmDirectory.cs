using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Recovery;

/// <summary>That the installation was set back, as a workspace's admins are told until they confirm.</summary>
/// <param name="At">When it was.</param>
/// <param name="State">The time of the state that was restored; null when unknown.</param>
public sealed record RestoreToConfirm(DateTimeOffset At, DateTimeOffset? State);

/// <summary>
/// After a restore: what the directory did since the backup is not known here, and a directory sends only what it believes to be changed.
/// An admin has it synchronise in full, and says so here. Refusals: <c>forbidden</c>, <c>notFound</c> (nothing is to be confirmed).
/// </summary>
public sealed class ConfirmDirectory(Store store)
{
    /// <summary>What is to be confirmed; null for nothing.</summary>
    public async Task<RestoreToConfirm?> OfAsync(WorkspaceContext workspace, CancellationToken ct)
    {
        await using var db = store.Read();
        return await OfAsync(db, workspace, ct);
    }

    /// <summary>Confirms it.</summary>
    public Task<Outcome<Nothing>> RunAsync(Actor actor, Id<Workspace> workspaceId, CancellationToken ct) =>
        store.ChangeAsync<Nothing>(
            actor,
            workspaceId,
            "workspace.directoryConfirmed",
            async attempt =>
            {
                if (actor.Demand(workspaceId, Permission.ManageDirectory) is { } refused)
                {
                    return refused;
                }

                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, workspaceId, ct) is not { } workspace
                    || await OfAsync(attempt.Db, workspace, ct) is not { } restore
                )
                {
                    return new Refusal(RefusalKind.NotFound, "notFound", "Nothing waits to be confirmed here.");
                }

                var mark = new Mark
                {
                    Name = Mark.Confirmed + workspaceId,
                    Value = "",
                    At = attempt.At,
                };
                if (await attempt.Db.Marks.AsNoTracking().FirstOrDefaultAsync(m => m.Name == mark.Name, ct) is { } before)
                {
                    attempt.Changes.Update(before, mark);
                }
                else
                {
                    attempt.Changes.AddIfMissing(mark);
                }

                attempt.Changes.TellFacts(
                    "workspace.directoryConfirmed",
                    workspaceId,
                    ("workspace", workspaceId.Value, workspace.Row.Name),
                    null,
                    new { restoredAt = restore.At, restore.State }
                );
                return default(Nothing);
            },
            ct
        );

    private static async Task<RestoreToConfirm?> OfAsync(MembershipDb db, WorkspaceContext workspace, CancellationToken ct)
    {
        var confirmed = Mark.Confirmed + workspace.Id;
        var marks = await db
            .Marks.AsNoTracking()
            .Where(m => m.Name == Mark.Restored || m.Name == confirmed)
            .ToDictionaryAsync(m => m.Name, ct);
        return
            marks.GetValueOrDefault(Mark.Restored) is not { } restored
            || workspace.Row.CreatedAt >= restored.At
            || marks.GetValueOrDefault(confirmed)?.At >= restored.At
            || !await db.ScimCredentials.AnyAsync(c => c.WorkspaceId == workspace.Id, ct)
                && !await db.Clients.AnyAsync(c => c.WorkspaceId == workspace.Id, ct)
            ? null
            : new(restored.At, DateTimeOffset.TryParse(restored.Value, out var state) ? state : null);
    }
}
