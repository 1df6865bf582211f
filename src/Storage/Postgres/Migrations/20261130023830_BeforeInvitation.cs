using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261130023830_BeforeInvitation")]
    public class BeforeInvitation : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "member_before",
                table: "invitations",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<long>(
                name: "reminded_at",
                table: "invitations",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "member_before",
                table: "invitations");

            migrationBuilder.DropColumn(
                name: "reminded_at",
                table: "invitations");
        }
    }
}
