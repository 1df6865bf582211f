using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Sqlite.Migrations;

/// <summary>Written by hand: the database itself refuses to change or delete what was sealed of the audit log.</summary>
[DbContext(typeof(SqliteDb))]
[Migration("20261129013622_AuditSegmentsStay")]
internal sealed class AuditSegmentsStay : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_segments_keep
            BEFORE UPDATE ON audit_segments
            BEGIN
                SELECT RAISE(ABORT, 'audit_segments is append-only');
            END;
            """);
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_segments_stay
            BEFORE DELETE ON audit_segments
            BEGIN
                SELECT RAISE(ABORT, 'audit_segments is append-only');
            END;
            """);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("DROP TRIGGER audit_segments_keep");
        migrationBuilder.Sql("DROP TRIGGER audit_segments_stay");
    }
}
