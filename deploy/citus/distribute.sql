-- Brings each table of UserManagement to its place on a Citus cluster. As the superuser that owns the extension, on the coordinator:
--
--   psql -X -d usermanagement -f deploy/citus/distribute.sql
--
-- It may run any number of times: what lies where it belongs stays as it is. Run it after each `usermanagement migrate` that says so.
-- It ends with an error, and says why, where the cluster is not ready or a table was forgotten; nothing is half-placed then: a table is moved whole.
-- Nobody may write meanwhile the first time (stop the servers); a table is locked while its rows are copied.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

-- 1. Is this a cluster?
DO $$
DECLARE loud text;
BEGIN
    IF to_regclass('pg_catalog.pg_dist_partition') IS NULL THEN
        RAISE EXCEPTION 'This database has no Citus: CREATE EXTENSION citus, on all nodes, first.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0) THEN
        RAISE EXCEPTION 'The coordinator does not know itself: SELECT citus_set_coordinator_host(''its address'', 5432), first.';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_dist_node WHERE isactive AND shouldhaveshards) THEN
        RAISE EXCEPTION 'No node takes shards: SELECT citus_add_node(''its address'', 5432) for each worker, first.';
    END IF;
    SELECT string_agg(format('%s:%s (%s)', nodename, nodeport, result), ', ') INTO loud
    FROM run_command_on_workers('SHOW log_min_error_statement') WHERE NOT success OR result NOT IN ('log', 'fatal', 'panic');
    IF loud IS NOT NULL THEN
        RAISE EXCEPTION 'Workers that would write people into their logs, or do not answer: %. Set log_min_error_statement = panic there.', loud;
    END IF;
END $$;

-- 2. Where each table belongs. Written from src/Storage/Postgres/TablePlaces.cs, which the tests compare with this list.
CREATE TEMPORARY TABLE places (position int, name text, place text);
INSERT INTO places VALUES
-- places: begin
    (1, 'workspaces', 'reference'),
    (2, 'scim_credentials', 'reference'),
    (3, 'api_keys', 'reference'),
    (4, 'identity_connections', 'reference'),
    (5, 'invite_links', 'reference'),
    (6, 'email_domains', 'reference'),
    (7, 'portal_links', 'reference'),
    (8, 'members', 'distributed'),
    (9, 'member_keys', 'distributed'),
    (10, 'grants', 'distributed'),
    (11, 'member_activities', 'distributed'),
    (12, 'member_terms', 'distributed'),
    (13, 'groups', 'distributed'),
    (14, 'group_members', 'distributed'),
    (15, 'group_rules', 'distributed'),
    (16, 'rule_runs', 'distributed'),
    (17, 'tallies', 'distributed'),
    (18, 'mail_counts', 'distributed'),
    (19, 'invitations', 'distributed'),
    (20, 'member_change_runs', 'distributed'),
    (21, 'invitation_imports', 'distributed'),
    (22, 'invitation_import_rows', 'distributed'),
    (23, 'join_requests', 'distributed'),
    (24, 'access_reviews', 'distributed'),
    (25, 'access_decisions', 'distributed'),
    (26, 'audit_entries', 'distributed'),
    (27, 'audit_heads', 'distributed'),
    (28, 'audit_segments', 'distributed'),
    (29, 'audit_streams', 'distributed'),
    (30, 'audit_stream_positions', 'distributed'),
    (31, 'provisioning_lines', 'distributed'),
    (32, 'provisioning_cycles', 'distributed'),
    (33, 'directory_concerns', 'distributed'),
    (34, 'directory_holds', 'distributed'),
    (35, 'approvals', 'distributed'),
    (36, 'cycle_notes', 'distributed'),
    (37, 'cycle_undos', 'distributed'),
    (38, 'cycle_undo_items', 'distributed'),
    (39, 'webhooks', 'distributed'),
    (40, 'workspace_events', 'distributed'),
    (41, 'workspace_logos', 'distributed'),
    (42, 'scim_credential_uses', 'distributed'),
    (43, 'api_key_uses', 'distributed'),
    (44, 'once_calls', 'distributed'),
    (45, 'accounts', 'local'),
    (46, 'account_workspaces', 'local'),
    (47, 'local_credentials', 'local'),
    (48, 'one_time_links', 'local'),
    (49, 'sessions', 'local'),
    (50, 'session_ends', 'local'),
    (51, 'second_factors', 'local'),
    (52, 'recovery_codes', 'local'),
    (53, 'passkeys', 'local'),
    (54, 'logins', 'local'),
    (55, 'failed_sign_ins', 'local'),
    (56, 'connection_uses', 'local'),
    (57, 'sign_in_tests', 'local'),
    (58, 'spent_states', 'local'),
    (59, 'oidc_clients', 'local'),
    (60, 'client_uses', 'local'),
    (61, 'oidc_grants', 'local'),
    (62, 'oidc_scopes', 'local'),
    (63, 'oidc_tokens', 'local'),
    (64, 'oidc_keys', 'local'),
    (65, 'app_endings', 'local'),
    (66, 'outbox_messages', 'local'),
    (67, 'webhook_deliveries', 'local'),
    (68, 'webhook_attempts', 'local'),
    (69, 'billing_subscriptions', 'local'),
    (70, 'billing_events', 'local'),
    (71, 'protection_keys', 'local'),
    (72, 'marks', 'local')
-- places: end
;

DO $$
DECLARE amiss text;
BEGIN
    SELECT string_agg(name, ', ') INTO amiss FROM places WHERE to_regclass(name) IS NULL;
    IF amiss IS NOT NULL THEN
        RAISE EXCEPTION 'Not there: %. Run usermanagement migrate of this version first.', amiss;
    END IF;
    SELECT string_agg(t.tablename, ', ') INTO amiss FROM pg_catalog.pg_tables t
    WHERE t.schemaname = current_schema() AND t.tablename NOT IN (SELECT name FROM places) AND t.tablename <> '__EFMigrationsHistory'
        AND NOT EXISTS (SELECT FROM pg_dist_shard s WHERE t.tablename = (SELECT relname FROM pg_class WHERE oid = s.logicalrelid) || '_' || s.shardid);
    IF amiss IS NOT NULL THEN
        RAISE EXCEPTION 'This list does not know: %. Use the distribute.sql of the version that migrated the database.', amiss;
    END IF;
END $$;

-- 3. Settings of this database, for each session from now on: triggers that look at their own row alone may stand on cut tables
-- (audit_entries, audit_segments, workspaces), and SET LOCAL lock_timeout holds on the workers, where the locks are.
SELECT format('ALTER DATABASE %I SET %s', current_database(), setting)
FROM (VALUES ('citus.enable_unsafe_triggers TO on'), ('citus.propagate_set_commands TO local')) AS s (setting) \gexec
SET citus.enable_unsafe_triggers TO on;
SET citus.propagate_set_commands TO local;

-- 4. Where accounts are members, of before that was written down.
INSERT INTO account_workspaces (account_id, workspace_id)
SELECT DISTINCT account_id, workspace_id FROM members WHERE account_id IS NOT NULL ON CONFLICT DO NOTHING;

-- 5. Each to its place, one after the other.
\o /dev/null
CREATE TEMPORARY VIEW placed AS
SELECT p.position, p.name, p.place, d.logicalrelid IS NOT NULL AS is_known,
    CASE WHEN d.partmethod = 'h' THEN 'distributed' WHEN d.repmodel = 't' THEN 'reference' WHEN d.logicalrelid IS NOT NULL THEN 'local' END AS lies,
    CASE WHEN d.partmethod = 'h' THEN column_to_column_name(d.logicalrelid, d.partkey) END AS cut_by, d.colocationid
FROM places p LEFT JOIN pg_dist_partition d ON d.logicalrelid = to_regclass(p.name);

SELECT format('SELECT create_reference_table(%L)', name) FROM placed
WHERE place = 'reference' AND lies IS DISTINCT FROM 'reference' ORDER BY position \gexec
SELECT format('SELECT create_distributed_table(%L, %L, colocate_with => %L)', name, 'workspace_id', CASE name WHEN 'members' THEN 'none' ELSE 'members' END)
FROM placed WHERE place = 'distributed' AND lies IS DISTINCT FROM 'distributed' ORDER BY position \gexec
SELECT format('SELECT citus_add_local_table_to_metadata(%L, cascade_via_foreign_keys => true) WHERE NOT EXISTS (SELECT FROM placed WHERE name = %L AND is_known)', name, name)
FROM placed WHERE place = 'local' AND NOT is_known ORDER BY position \gexec

-- 6. Does each lie where it belongs?
DO $$
DECLARE amiss text;
BEGIN
    SELECT string_agg(format('%s is %s, not %s', name, coalesce(lies, 'unknown to Citus'), place), '; ') INTO amiss
    FROM placed WHERE lies IS DISTINCT FROM place;
    IF amiss IS NULL THEN
        SELECT string_agg(format('%s is cut by %s', name, cut_by), '; ') INTO amiss FROM placed WHERE place = 'distributed' AND cut_by <> 'workspace_id';
    END IF;
    IF amiss IS NULL THEN
        SELECT string_agg(format('%s does not lie with members', name), '; ') INTO amiss
        FROM placed WHERE place = 'distributed' AND colocationid <> (SELECT colocationid FROM placed WHERE name = 'members');
    END IF;
    IF amiss IS NOT NULL THEN
        RAISE EXCEPTION 'Misplaced: %', amiss;
    END IF;
END $$;

-- 7. The rows that were copied still lie in the coordinator's own files: nobody sees them, an erasure would not reach them, and a new
-- unique index would stumble over them. The trigger that keeps the audit log whole stands in the way of exactly this, so none looks.
SET session_replication_role = replica;
SELECT format('SELECT truncate_local_data_after_distributing_table(%L)', name) FROM placed
WHERE place <> 'local' AND pg_relation_size(to_regclass(name)) > 0 ORDER BY position DESC \gexec
RESET session_replication_role;
\o

SELECT place, count(*) AS tables FROM placed GROUP BY place ORDER BY place;
