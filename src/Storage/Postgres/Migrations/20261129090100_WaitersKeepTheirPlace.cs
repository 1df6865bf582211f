using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Postgres.Migrations;

/// <summary>
/// Written by hand: whoever came in without a seat because none was free, or none was given by itself, waits since they joined, unless an
/// admin said otherwise.
/// </summary>
[DbContext(typeof(PostgresDb))]
[Migration("20261129090100_WaitersKeepTheirPlace")]
internal sealed class WaitersKeepTheirPlace : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql("""
            UPDATE members SET waits_since = COALESCE(joined_at, created_at)
            WHERE state = 'Active' AND NOT has_seat AND EXISTS (
                SELECT 1 FROM grants g WHERE g.workspace_id = members.workspace_id AND g.member_id = members.id
                AND g.kind = 'Role' AND g.wanted IS NOT NULL AND g.value = members.role)
            AND NOT EXISTS (
                SELECT 1 FROM grants g WHERE g.workspace_id = members.workspace_id AND g.member_id = members.id
                AND g.kind = 'Role' AND g.origin = 'Admin' AND g.wanted IS NULL)
            """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("UPDATE members SET waits_since = NULL");
}
