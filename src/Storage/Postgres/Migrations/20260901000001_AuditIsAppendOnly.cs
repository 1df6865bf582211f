using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Postgres.Migrations;

/// <summary>
/// Written by hand: the database itself refuses to change or delete a line of the audit log. Only the sealer's three
/// columns may be filled.
/// </summary>
[DbContext(typeof(PostgresDb))]
[Migration("20260901000001_AuditIsAppendOnly")]
internal sealed class AuditIsAppendOnly : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE FUNCTION audit_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['sequence', 'digest', 'chain'] = to_jsonb(OLD) - ARRAY['sequence', 'digest', 'chain'] THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION 'audit_entries is append-only';
            END
            $$;
            """);
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_entries_keep BEFORE UPDATE OR DELETE ON audit_entries
            FOR EACH ROW EXECUTE FUNCTION audit_entries_keep();
            """);
        migrationBuilder.Sql("""
            CREATE TRIGGER audit_entries_stay BEFORE TRUNCATE ON audit_entries
            FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_keep();
            """);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("DROP TRIGGER audit_entries_keep ON audit_entries");
        migrationBuilder.Sql("DROP TRIGGER audit_entries_stay ON audit_entries");
        migrationBuilder.Sql("DROP FUNCTION audit_entries_keep()");
    }
}
