using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261128180041_InvitationMail")]
    public class InvitationMail : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "is_mail_file",
                table: "invitations",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "mail_failure",
                table: "invitations",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<long>(
                name: "mail_refused_at",
                table: "invitations",
                type: "bigint",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "is_mail_file",
                table: "invitations");

            migrationBuilder.DropColumn(
                name: "mail_failure",
                table: "invitations");

            migrationBuilder.DropColumn(
                name: "mail_refused_at",
                table: "invitations");
        }
    }
}
