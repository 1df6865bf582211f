using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129215510_TermsOfUse")]
    public class TermsOfUse : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "accepted_terms",
                table: "members",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "terms_accepted_at",
                table: "members",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "accepted_terms",
                table: "members");

            migrationBuilder.DropColumn(
                name: "terms_accepted_at",
                table: "members");
        }
    }
}
