using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Provisioning;

/// <summary>
/// Looks at the directories of all workspaces and keeps what is amiss: what is new is mailed to the admins, once; what is well again goes
/// without a word, and is mailed anew when it comes back. Any number of servers may run it at once.
/// </summary>
public sealed class WatchDirectories(Store store)
{
    private const string Act = "directory.watched";
    private const int Together = 200;

    /// <summary>Looks at every workspace to which a directory ever came.</summary>
    /// <returns>In how many something changed.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var changed = 0;
        Id<Workspace> after = default;
        while (true)
        {
            List<Id<Workspace>> some;
            await using (var db = store.Read())
            {
                some = await db
                    .ScimCredentialUses.AsNoTracking()
                    .Where(u => u.WorkspaceId > after)
                    .Select(u => u.WorkspaceId)
                    .Distinct()
                    .OrderBy(id => id)
                    .Take(Together)
                    .ToListAsync(ct);
            }

            foreach (var workspace in some)
            {
                changed += await OneAsync(workspace, ct) ? 1 : 0;
            }

            if (some.Count < Together)
            {
                return changed;
            }

            after = some[^1];
        }
    }

    private async Task<bool> OneAsync(Id<Workspace> workspace, CancellationToken ct)
    {
        var outcome = await store.ChangeAsync<bool>(
            Actor.System,
            workspace,
            Act,
            async attempt =>
            {
                var now = await DirectoryHealth.LookAsync(attempt.Db, workspace, attempt.At, ct);
                var known = await attempt.Db.DirectoryConcerns.AsNoTracking().Where(c => c.WorkspaceId == workspace).ToListAsync(ct);
                foreach (var gone in known.Where(k => !now.Any(k.IsSame)))
                {
                    attempt.Changes.Remove(gone, mustExist: false);
                }

                List<DirectoryConcern> news = [.. now.Where(n => !known.Exists(n.IsSame))];
                news.ForEach(attempt.Changes.Add);
                foreach (var one in now)
                {
                    if (known.Find(one.IsSame) is { } before && before != one with { Since = before.Since })
                    {
                        attempt.Changes.Update(before, one with { Since = before.Since });
                    }
                }

                if (news.Count > 0)
                {
                    attempt.Changes.Send(OutboxKind.DirectoryMail, workspace.Value, "directory:" + workspace, workspace);
                }

                return !attempt.Changes.IsEmpty;
            },
            ct
        );
        return outcome is { Done: true, Value: true };
    }
}
