using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129012559_AppReceipts")]
    public class AppReceipts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "end_cause",
                table: "oidc_grants",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.CreateTable(
                name: "app_endings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    session_id = table.Column<Guid>(type: "uuid", nullable: false),
                    client_id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    client_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    cause = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ended_at = table.Column<long>(type: "bigint", nullable: false),
                    is_told = table.Column<bool>(type: "boolean", nullable: false),
                    tries = table.Column<int>(type: "integer", nullable: false),
                    acknowledged_at = table.Column<long>(type: "bigint", nullable: true),
                    given_up_at = table.Column<long>(type: "bigint", nullable: true),
                    last_answer = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_app_endings", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_oidc_grants_standing",
                table: "oidc_grants",
                columns: new[] { "workspace_id", "id" },
                filter: "status = 'valid' AND type = 'ad-hoc'");

            migrationBuilder.CreateIndex(
                name: "IX_app_endings_ended_at",
                table: "app_endings",
                column: "ended_at");

            migrationBuilder.CreateIndex(
                name: "IX_app_endings_workspace_id_account_id_ended_at",
                table: "app_endings",
                columns: new[] { "workspace_id", "account_id", "ended_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "app_endings");

            migrationBuilder.DropIndex(
                name: "ix_oidc_grants_standing",
                table: "oidc_grants");

            migrationBuilder.DropColumn(
                name: "end_cause",
                table: "oidc_grants");
        }
    }
}
