using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Sqlite.Migrations;

/// <summary>
/// Written by hand: the database itself refuses to change or delete a line of the audit log. Only the sealer's three
/// columns may be filled. SQLite names the columns that are kept, so a new column of the table must be added here by a
/// further migration; a test walks them all.
/// </summary>
[DbContext(typeof(SqliteDb))]
[Migration("20260901000001_AuditIsAppendOnly")]
internal sealed class AuditIsAppendOnly : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_entries_keep
            BEFORE UPDATE OF workspace_id, id, at, actor_kind, actor_id, actor_name, door, act, target_kind, target_id, target_name, "before", "after", reason, refused
            ON audit_entries
            BEGIN
                SELECT RAISE(ABORT, 'audit_entries is append-only');
            END;
            """);
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_entries_stay
            BEFORE DELETE ON audit_entries
            BEGIN
                SELECT RAISE(ABORT, 'audit_entries is append-only');
            END;
            """);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("DROP TRIGGER audit_entries_keep");
        migrationBuilder.Sql("DROP TRIGGER audit_entries_stay");
    }
}
