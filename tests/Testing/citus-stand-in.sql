-- Not Citus: its names, with as much behind them as shows in which order the script calls them, and that it calls nothing twice. It refuses
-- what Citus refuses: a unique index without the column by which a table is cut, a reference to what lies elsewhere, a trigger without leave.
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (
    logicalrelid regclass PRIMARY KEY, partmethod "char" NOT NULL, partkey text, colocationid int NOT NULL, repmodel "char" NOT NULL, autoconverted bool NOT NULL DEFAULT false);
CREATE TABLE pg_catalog.pg_dist_shard (logicalrelid regclass NOT NULL, shardid bigint PRIMARY KEY);
CREATE TABLE pg_catalog.pg_dist_node (nodename text, groupid int, isactive bool, shouldhaveshards bool);
CREATE TABLE pg_catalog.stand_in_calls (number int GENERATED ALWAYS AS IDENTITY, call text);
CREATE FUNCTION pg_catalog.column_to_column_name(regclass, text) RETURNS text LANGUAGE sql AS 'SELECT $2';
CREATE FUNCTION pg_catalog.run_command_on_workers(command text) RETURNS TABLE (nodename text, nodeport int, success bool, result text)
    LANGUAGE sql AS $$ SELECT n.nodename, 5432, true, coalesce(current_setting('stand_in.worker_logs', true), 'panic') FROM pg_dist_node n WHERE n.groupid > 0 $$;
CREATE FUNCTION pg_catalog.stand_in_check(target regclass, is_cut bool) RETURNS void LANGUAGE plpgsql AS $$
DECLARE amiss text;
BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = target AND NOT tgisinternal) AND coalesce(current_setting('citus.enable_unsafe_triggers', true), '') <> 'on' THEN
        RAISE EXCEPTION 'cannot distribute relation "%" because it has triggers', target;
    END IF;
    SELECT string_agg(i.indexrelid::regclass::text, ', ') INTO amiss FROM pg_index i
    WHERE is_cut AND i.indrelid = target AND i.indisunique AND NOT EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = 'workspace_id' AND a.attnum = ANY (i.indkey::int2[]));
    IF amiss IS NOT NULL THEN
        RAISE EXCEPTION 'cannot create constraint on "%": the distribution column must be in %', target, amiss;
    END IF;
    SELECT string_agg(c.conname, ', ') INTO amiss FROM pg_constraint c LEFT JOIN pg_dist_partition d ON d.logicalrelid = c.confrelid
    WHERE c.conrelid = target AND c.contype = 'f' AND d.repmodel IS DISTINCT FROM 't' AND (NOT is_cut OR d.partmethod IS DISTINCT FROM 'h');
    IF amiss IS NOT NULL THEN
        RAISE EXCEPTION 'cannot create foreign key constraint % of "%": the referenced table must be distributed or a reference table', amiss, target;
    END IF;
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = target) THEN
        RAISE EXCEPTION 'table "%" is already distributed', target;
    END IF;
END $$;
CREATE FUNCTION pg_catalog.create_reference_table(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM stand_in_check(target, false);
    INSERT INTO pg_dist_partition VALUES (target, 'n', NULL, 1, 't');
    INSERT INTO stand_in_calls (call) VALUES ('reference ' || target);
END $$;
CREATE FUNCTION pg_catalog.create_distributed_table(target regclass, distribution_column text, distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM stand_in_check(target, true);
    INSERT INTO pg_dist_partition
    SELECT target, 'h', distribution_column, CASE colocate_with WHEN 'none' THEN 2 ELSE (SELECT colocationid FROM pg_dist_partition WHERE logicalrelid = colocate_with::regclass) END, 's';
    INSERT INTO stand_in_calls (call) VALUES ('distributed ' || target);
END $$;
CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(target regclass, cascade_via_foreign_keys bool DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH RECURSIVE family AS (
        SELECT target AS member
        UNION
        SELECT CASE WHEN c.conrelid = f.member THEN c.confrelid ELSE c.conrelid END::regclass
        FROM family f JOIN pg_constraint c ON c.contype = 'f' AND f.member IN (c.conrelid, c.confrelid))
    INSERT INTO pg_dist_partition SELECT member, 'n', NULL, 0, 's' FROM family;
    INSERT INTO stand_in_calls (call) VALUES ('local ' || target);
END $$;
CREATE FUNCTION pg_catalog.truncate_local_data_after_distributing_table(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stand_in_calls (call) VALUES ('truncate ' || target); -- the rows here are the only ones
END $$;
INSERT INTO pg_dist_node VALUES ('coordinator', 0, true, false), ('one', 1, true, true), ('two', 2, true, true);
RESET allow_system_table_mods;
