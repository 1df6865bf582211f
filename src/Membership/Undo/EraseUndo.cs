using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Undo;

/// <summary>
/// Erases a person from what undos, jobs and approvals keep: what was noted of them, what became of them, and their name where they asked
/// or decided.
/// </summary>
internal static class EraseUndo
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Erases it. Who came into groups and left them is kept by id alone, as in the audit log.</summary>
    public static Task RunAsync(Store store, Member member, CancellationToken ct)
    {
        var (workspace, id) = (Value.Of("$1", member.WorkspaceId.Value), Value.Of("$2", member.Id.Value));
        return store.WriteBesideAsync(
            [
                new Statement("DELETE FROM cycle_notes WHERE workspace_id = $1 AND target_id = $2", [workspace, id]),
                new Statement(
                    "UPDATE cycle_undo_items SET target_name = NULL, reason = NULL WHERE workspace_id = $1 AND target_id = $2 "
                        + "AND (target_name IS NOT NULL OR reason IS NOT NULL)",
                    [workspace, id]
                ),
                new Statement("UPDATE approvals SET target_name = NULL WHERE workspace_id = $1 AND target_id = $2", [workspace, id]),
                new Statement(
                    "UPDATE approvals SET asked_by = $3 WHERE workspace_id = $1 AND asked_by_id = $2",
                    [workspace, id, Value.Of("$3", Erasure.Name)]
                ),
                new Statement(
                    "UPDATE approvals SET decided_by = $3 WHERE workspace_id = $1 AND decided_by_id = $2",
                    [workspace, id, Value.Of("$3", Erasure.Name)]
                ),
                new Statement(
                    "UPDATE member_change_runs SET actor_name = $3 WHERE workspace_id = $1 AND actor_id = $2",
                    [workspace, id, Value.Of("$3", Erasure.Name)]
                ),
                new Statement(
                    "UPDATE cycle_undos SET asked_by = $3 WHERE workspace_id = $1 AND asked_by_id = $2",
                    [workspace, id, Value.Of("$3", Erasure.Name)]
                ),
            ],
            Patience,
            ct
        );
    }
}
