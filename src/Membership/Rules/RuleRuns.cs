using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Data;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Rules;

/// <summary>Begins the look through all members, in the transaction of what made it necessary.</summary>
internal static class RuleRuns
{
    private const int LongestCause = 400;

    /// <summary>Reads how far it is; null when there never was one.</summary>
    public static Task<RuleRun?> ReadAsync(MembershipDb db, Id<Workspace> workspace, CancellationToken ct) =>
        db.RuleRuns.AsNoTracking().FirstOrDefaultAsync(r => r.WorkspaceId == workspace, ct);

    /// <summary>
    /// Begins it, or lets the one that is under way go round once more from where it stands. The turn that was planned meanwhile is not
    /// written, for it may have seen what was before.
    /// </summary>
    /// <param name="attempt">The try it belongs to.</param>
    /// <param name="workspace">Where.</param>
    /// <param name="cause">Why, in words.</param>
    /// <param name="ct">Stops the reading.</param>
    public static async Task StartAsync(Attempt attempt, Id<Workspace> workspace, string cause, CancellationToken ct)
    {
        var total = (await Counts.ReadAsync(attempt.Db, workspace, ct)).Visible;
        cause = Key.Cut(cause, LongestCause);
        if (await ReadAsync(attempt.Db, workspace, ct) is null)
        {
            attempt.Changes.Add(
                new RuleRun
                {
                    WorkspaceId = workspace,
                    Cause = cause,
                    BeganAfter = default,
                    Cursor = default,
                    Total = total,
                    StartedAt = attempt.At,
                    Version = 1,
                }
            );
        }
        else
        {
            attempt.Changes.Execute(
                new(
                    "UPDATE rule_runs SET began_after = CASE WHEN done_at IS NULL THEN cursor ELSE $2 END, "
                        + "cursor = CASE WHEN done_at IS NULL THEN cursor ELSE $2 END, is_behind_end = $3, total = $4, seen = 0, "
                        + "changed = CASE WHEN done_at IS NULL THEN changed ELSE 0 END, left_out = 0, cause = $5, "
                        + "started_at = CASE WHEN done_at IS NULL THEN started_at ELSE $6 END, done_at = NULL, version = version + 1 "
                        + "WHERE workspace_id = $1",
                    [
                        Value.Of("$1", workspace.Value),
                        Value.Of("$2", Guid.Empty),
                        Value.Of("$3", false),
                        Value.Of("$4", total),
                        Value.Of("$5", cause),
                        Value.Of("$6", attempt.At.ToUnixTimeMilliseconds()),
                    ]
                )
            );
        }

        Queue(attempt, workspace);
    }

    /// <summary>Queues the next turns.</summary>
    public static void Queue(Attempt attempt, Id<Workspace> workspace) =>
        attempt.Changes.Send(OutboxKind.RuleRun, workspace.Value, $"ruleRun:{workspace}", workspace);
}
