using UserManagement.Membership.Data;
using UserManagement.Membership.Members;

namespace UserManagement.Membership.Holds;

/// <summary>What becomes of a column that names a member, when that one goes on in another row.</summary>
internal enum MergedFate
{
    /// <summary>The placing writes it (<see cref="Admission"/>).</summary>
    Placed,

    /// <summary>It names the new row.</summary>
    Follows,

    /// <summary>It names the new row, unless the table has one of that already; then the old one goes.</summary>
    FollowsOnce,

    /// <summary>It stays as it was: it tells of what was then, or is where a walk through all had come.</summary>
    Stays,
}

/// <summary>
/// What hangs on the row of somebody who goes on in another: the one list of every column that names a member by id. Whatever names the
/// account (sessions, logins, factors, apps' grants) is the account's and stays where it is.
/// </summary>
internal static class MergedRows
{
    /// <summary>Every such column, with what happens to it; of those that follow once, by what else a row is one.</summary>
    public static IReadOnlyList<(string Table, string Column, MergedFate Fate, string? Beside)> All { get; } =
    [
        ("members", "id", MergedFate.Placed, null),
        ("members", "merged_into", MergedFate.Stays, null), // who was the old one before it is told there
        ("member_keys", "member_id", MergedFate.Placed, null),
        ("grants", "member_id", MergedFate.Placed, null),
        ("group_members", "member_id", MergedFate.FollowsOnce, "group_id"),
        ("member_activities", "member_id", MergedFate.FollowsOnce, null),
        ("member_terms", "member_id", MergedFate.FollowsOnce, null),
        ("member_terms", "sponsor_id", MergedFate.Follows, null),
        ("access_decisions", "member_id", MergedFate.FollowsOnce, "review_id"),
        ("access_decisions", "decided_by", MergedFate.Follows, null),
        ("access_reviews", "started_by", MergedFate.Follows, null),
        ("access_reviews", "finished_by", MergedFate.Follows, null),
        ("access_reviews", "resume_after", MergedFate.Follows, null),
        ("invitations", "member_id", MergedFate.Follows, null),
        ("invitations", "inviter_id", MergedFate.Follows, null),
        ("invite_links", "created_by", MergedFate.Follows, null),
        ("join_requests", "decided_by", MergedFate.Follows, null),
        // what works only as long as whoever made it is here
        ("api_keys", "made_by_id", MergedFate.Follows, null),
        ("portal_links", "made_by_id", MergedFate.Follows, null),
        ("oidc_clients", "role_given_by_id", MergedFate.Follows, null),
        // nobody becomes a second admin to themselves, and what was asked for or begun goes on
        ("approvals", "asked_by_id", MergedFate.Follows, null),
        ("approvals", "target_id", MergedFate.Follows, null),
        ("approvals", "decided_by_id", MergedFate.Follows, null),
        ("directory_holds", "decided_by_id", MergedFate.Follows, null),
        ("member_change_runs", "actor_id", MergedFate.Follows, null),
        ("invitation_imports", "actor_id", MergedFate.Follows, null),
        ("cycle_undos", "asked_by_id", MergedFate.Follows, null),
        ("rule_runs", "began_after", MergedFate.Stays, null),
        ("rule_runs", "cursor", MergedFate.Stays, null),
        // what was said of the old id was said of it: erased with the person, see Retention.ErasePerson
        ("workspace_events", "member_id", MergedFate.Stays, null),
        ("webhook_deliveries", "member_id", MergedFate.Stays, null),
        ("webhook_attempts", "member_id", MergedFate.Stays, null),
        ("audit_entries", "actor_id", MergedFate.Stays, null),
        ("audit_entries", "target_id", MergedFate.Stays, null),
        ("provisioning_lines", "subject", MergedFate.Stays, null),
        ("provisioning_lines", "target_id", MergedFate.Stays, null),
        ("cycle_notes", "target_id", MergedFate.Stays, null),
        ("cycle_undo_items", "target_id", MergedFate.Stays, null),
    ];

    /// <summary>Queues it, after the rows of both members.</summary>
    public static void Write(Changes changes, Member from, Member into)
    {
        changes.Execute(
            new(
                "UPDATE groups SET version = version + 1, modified_at = $3 WHERE workspace_id = $1 AND id IN (SELECT group_id FROM "
                    + "group_members WHERE workspace_id = $1 AND member_id = $2)",
                [Value.Of("$1", from.WorkspaceId.Value), Value.Of("$2", from.Id.Value), Value.Of("$3", changes.At.ToUnixTimeMilliseconds())]
            )
        );
        foreach (var (table, column, fate, beside) in All.Where(r => r.Fate is MergedFate.Follows or MergedFate.FollowsOnce))
        {
            var unless = (fate, beside) switch
            {
                (MergedFate.Follows, _) => "",
                (_, null) => $" AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o.workspace_id = $1 AND o.{column} = $3)",
                _ => $" AND {beside} NOT IN (SELECT o.{beside} FROM {table} o WHERE o.workspace_id = $1 AND o.{column} = $3)",
            };
            changes.Execute(new($"UPDATE {table} SET {column} = $3 WHERE workspace_id = $1 AND {column} = $2{unless}", Both(from, into)));
            if (fate == MergedFate.FollowsOnce)
            {
                changes.Execute(
                    new(
                        $"DELETE FROM {table} WHERE workspace_id = $1 AND {column} = $2",
                        [Value.Of("$1", from.WorkspaceId.Value), Value.Of("$2", from.Id.Value)]
                    )
                );
            }
        }

        // what they accepted meanwhile moves beside the version that the placing rests on
        changes.Execute(
            new(
                "UPDATE members SET accepted_terms = (SELECT o.accepted_terms FROM members o WHERE o.workspace_id = $1 AND o.id = $2), "
                    + "terms_accepted_at = (SELECT o.terms_accepted_at FROM members o WHERE o.workspace_id = $1 AND o.id = $2) "
                    + "WHERE workspace_id = $1 AND id = $3",
                Both(from, into)
            )
        );

        // nobody answers for themselves: then the admins do
        changes.Execute(
            new(
                "UPDATE member_terms SET sponsor_id = NULL WHERE workspace_id = $1 AND member_id = $2 AND sponsor_id = $2",
                [Value.Of("$1", into.WorkspaceId.Value), Value.Of("$2", into.Id.Value)]
            )
        );
    }

    private static IReadOnlyList<Func<System.Data.Common.DbCommand, System.Data.Common.DbParameter>> Both(Member from, Member into) =>
        [Value.Of("$1", from.WorkspaceId.Value), Value.Of("$2", from.Id.Value), Value.Of("$3", into.Id.Value)];
}
