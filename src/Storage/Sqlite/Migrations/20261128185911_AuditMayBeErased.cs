using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Sqlite.Migrations;

/// <summary>
/// Written by hand: a line of the audit log may lose what it says of people, and change in no other way. The target's name, the facts
/// before and after and their salt go together and for good, and only where a digest stays; the actor's name gives way to one word;
/// the sealer's columns are filled once. SQLite names the columns that are kept, so a new column of the table must be added here by a
/// further migration; a test walks them all. Every comparison is one that null answers too: an unknown condition would let pass.
/// </summary>
[DbContext(typeof(SqliteDb))]
[Migration("20261128185911_AuditMayBeErased")]
internal sealed class AuditMayBeErased : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("DROP TRIGGER audit_entries_keep");
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_entries_keep
            BEFORE UPDATE ON audit_entries
            WHEN NOT (
                NEW.workspace_id IS OLD.workspace_id AND NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.actor_kind IS OLD.actor_kind AND NEW.actor_id IS OLD.actor_id
                AND NEW.door IS OLD.door AND NEW.act IS OLD.act AND NEW.target_kind IS OLD.target_kind AND NEW.target_id IS OLD.target_id
                AND NEW.reason IS OLD.reason AND NEW.refused IS OLD.refused
                AND (OLD.sequence IS NULL OR NEW.sequence IS OLD.sequence) AND (OLD.digest IS NULL OR NEW.digest IS OLD.digest) AND (OLD.chain IS NULL OR NEW.chain IS OLD.chain)
                AND ((NEW.target_name IS OLD.target_name AND NEW."before" IS OLD."before" AND NEW."after" IS OLD."after" AND NEW.salt IS OLD.salt
                        AND NEW.actor_name IS OLD.actor_name AND NEW.erased_at IS OLD.erased_at)
                    OR (NEW.erased_at IS NOT NULL AND (OLD.erased_at IS NULL OR NEW.erased_at IS OLD.erased_at)
                        AND ((NEW.target_name IS NULL AND NEW."before" IS NULL AND NEW."after" IS NULL AND NEW.salt IS NULL AND length(NEW.digest) IS 32
                                AND (NEW.actor_name IS OLD.actor_name OR NEW.actor_name IS 'erased'))
                            OR (NEW.target_name IS OLD.target_name AND NEW."before" IS OLD."before" AND NEW."after" IS OLD."after" AND NEW.salt IS OLD.salt
                                AND NEW.actor_name IS 'erased' AND OLD.actor_name IS NOT 'erased')))))
            BEGIN
                SELECT RAISE(ABORT, 'audit_entries is append-only');
            END;
            """);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("DROP TRIGGER audit_entries_keep");
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_entries_keep
            BEFORE UPDATE OF workspace_id, id, at, actor_kind, actor_id, actor_name, door, act, target_kind, target_id, target_name, "before", "after", reason, refused
            ON audit_entries
            BEGIN
                SELECT RAISE(ABORT, 'audit_entries is append-only');
            END;
            """);
    }
}
