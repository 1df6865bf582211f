using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Postgres.Migrations;

/// <summary>
/// Written by hand: the list by address, an index on an expression, which the model cannot say. A query is served by it that says the
/// address in these words (<c>MembershipDb.Lower</c>).
/// </summary>
[DbContext(typeof(PostgresDb))]
[Migration("20261129153100_MembersByAddress")]
internal sealed class MembersByAddress : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(
            "CREATE INDEX ix_members_address ON members (workspace_id, lower(coalesce(email, user_name)), id) WHERE state <> 'Ended'"
        );

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP INDEX ix_members_address");
}
