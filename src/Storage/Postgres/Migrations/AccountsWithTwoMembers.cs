using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Postgres.Migrations;

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
        migrationBuilder.Sql("LOCK TABLE members IN SHARE ROW EXCLUSIVE MODE");
        migrationBuilder.Sql("""
            CREATE FUNCTION pg_temp.is_admins_role(configuration text, wanted text) RETURNS boolean LANGUAGE plpgsql AS $$
            BEGIN
                RETURN EXISTS (SELECT 1 FROM jsonb_array_elements(configuration::jsonb -> 'roles') r WHERE r ->> 'key' = wanted AND r ->> 'isAdmin' = 'true');
            EXCEPTION WHEN OTHERS THEN
                RETURN false;
            END
            $$;
            """);
        migrationBuilder.Sql("""
            CREATE TEMPORARY TABLE account_doubles AS
            SELECT * FROM (
                SELECT m.*, first_value(m.id) OVER ranks AS kept_id, row_number() OVER ranks AS place
                FROM (SELECT m.workspace_id, m.id, m.account_id, m.user_name, m.state, m.has_seat, m.created_at, pg_temp.is_admins_role(w.configuration, m.role) AS is_admin
                      FROM members m JOIN workspaces w ON w.id = m.workspace_id
                      WHERE m.account_id IS NOT NULL AND m.state <> 'Ended' AND EXISTS (
                          SELECT 1 FROM members o WHERE o.workspace_id = m.workspace_id AND o.account_id = m.account_id AND o.id <> m.id AND o.state <> 'Ended')) m
                WINDOW ranks AS (PARTITION BY m.workspace_id, m.account_id
                    ORDER BY (m.state = 'Active') DESC, m.is_admin DESC, (m.state <> 'Removed') DESC, m.has_seat DESC, m.created_at, m.id)) ranked
            WHERE place > 1;
            """);
        migrationBuilder.Sql("UPDATE members m SET account_id = NULL, version = m.version + 1 FROM account_doubles d WHERE m.workspace_id = d.workspace_id AND m.id = d.id");
        migrationBuilder.Sql("""
            UPDATE tallies t SET used = t.used - d.fewer
            FROM (SELECT workspace_id, count(*) AS fewer FROM account_doubles WHERE state = 'Active' AND is_admin GROUP BY workspace_id) d
            WHERE t.workspace_id = d.workspace_id AND t.kind = 'Admins';
            """);
        migrationBuilder.Sql("""
            INSERT INTO audit_entries (workspace_id, id, at, actor_kind, actor_name, door, act, target_kind, target_id, target_name, "before", "after", reason, refused)
            SELECT workspace_id,
                (lpad(to_hex(now_ms), 12, '0') || '7' || substr(chance, 1, 3) || '8' || substr(chance, 4, 3) || substr(chance, 7, 12))::uuid,
                now_ms, 'System', 'System', 'None', 'member.unlinked', 'member', id, user_name,
                jsonb_build_object('accountId', account_id)::text, '{"accountId":null}', 'An account is one member of a workspace at most: it stays with ' || kept_id || '.', false
            FROM (SELECT *, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms, md5(random()::text || id::text) AS chance FROM account_doubles) d;
            """);
        migrationBuilder.Sql("DROP TABLE account_doubles");
    }
}
