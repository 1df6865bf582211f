using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Postgres.Migrations;

/// <summary>Written by hand: the database itself refuses to change or delete what was sealed of the audit log.</summary>
[DbContext(typeof(PostgresDb))]
[Migration("20261129013627_AuditSegmentsStay")]
internal sealed class AuditSegmentsStay : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE FUNCTION audit_segments_keep() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'audit_segments is append-only';
            END
            $$;
            """);
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_segments_keep BEFORE UPDATE OR DELETE ON audit_segments
            FOR EACH ROW EXECUTE FUNCTION audit_segments_keep();
            """);
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_segments_stay BEFORE TRUNCATE ON audit_segments
            FOR EACH STATEMENT EXECUTE FUNCTION audit_segments_keep();
            """);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("DROP TRIGGER audit_segments_keep ON audit_segments");
        migrationBuilder.Sql("DROP TRIGGER audit_segments_stay ON audit_segments");
        migrationBuilder.Sql("DROP FUNCTION audit_segments_keep()");
    }
}
