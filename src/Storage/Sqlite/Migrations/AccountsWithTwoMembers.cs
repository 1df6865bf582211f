using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Sqlite.Migrations;

/// <summary>
/// Accounts that are two members of one workspace, as older builds could make them. The account stays with the member through whom
/// most would be lost: who is active, an admin, not removed, seated, and then the oldest. The others keep all they have but the
/// account, and can be invited or removed like anybody; the audit log tells of each. Whoever is unlinked from an admin's role
/// counts as an admin no longer, so the count follows; the one who stays is an admin as well then.
/// </summary>
internal static class AccountsWithTwoMembers
{
    public static void Resolve(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TEMPORARY TABLE account_doubles AS
            SELECT * FROM (
                SELECT m.*, first_value(m.id) OVER ranks AS kept_id, row_number() OVER ranks AS place
                FROM (SELECT m.workspace_id, m.id, m.account_id, m.user_name, m.state, m.has_seat, m.created_at,
                          CASE WHEN json_valid(w.configuration) THEN EXISTS (
                              SELECT 1 FROM json_each(w.configuration, '$.roles') r
                              WHERE CASE WHEN r.type = 'object' THEN json_extract(r.value, '$.key') = m.role AND json_extract(r.value, '$.isAdmin') = 1 END) ELSE 0 END AS is_admin
                      FROM members m JOIN workspaces w ON w.id = m.workspace_id
                      WHERE m.account_id IS NOT NULL AND m.state <> 'Ended' AND EXISTS (
                          SELECT 1 FROM members o WHERE o.workspace_id = m.workspace_id AND o.account_id = m.account_id AND o.id <> m.id AND o.state <> 'Ended')) m
                WINDOW ranks AS (PARTITION BY m.workspace_id, m.account_id
                    ORDER BY (m.state = 'Active') DESC, m.is_admin DESC, (m.state <> 'Removed') DESC, m.has_seat DESC, m.created_at, m.id)) ranked
            WHERE place > 1;
            """);
        migrationBuilder.Sql("UPDATE members SET account_id = NULL, version = version + 1 WHERE (workspace_id, id) IN (SELECT workspace_id, id FROM account_doubles)");
        migrationBuilder.Sql("""
            UPDATE tallies SET used = used - (SELECT count(*) FROM account_doubles d WHERE d.workspace_id = tallies.workspace_id AND d.state = 'Active' AND d.is_admin)
            WHERE kind = 'Admins' AND workspace_id IN (SELECT workspace_id FROM account_doubles);
            """);
        migrationBuilder.Sql("""
            INSERT INTO audit_entries (workspace_id, id, at, actor_kind, actor_name, door, act, target_kind, target_id, target_name, "before", "after", reason, refused)
            SELECT workspace_id,
                upper(substr(printf('%012x', now_ms), 1, 8) || '-' || substr(printf('%012x', now_ms), 9) || '-7' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
                now_ms, 'System', 'System', 'None', 'member.unlinked', 'member', id, user_name,
                json_object('accountId', lower(account_id)), '{"accountId":null}', 'An account is one member of a workspace at most: it stays with ' || lower(kept_id) || '.', 0
            FROM (SELECT *, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now_ms FROM account_doubles) d;
            """);
        migrationBuilder.Sql("DROP TABLE account_doubles");
    }
}
