using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129122039_ShardKeys")]
    public class ShardKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_join_requests_proof_hash",
                table: "join_requests");

            migrationBuilder.DropIndex(
                name: "IX_invitations_link_hash",
                table: "invitations");

            migrationBuilder.DropIndex(
                name: "IX_invitations_mail_hash",
                table: "invitations");

            migrationBuilder.CreateTable(
                name: "account_workspaces",
                columns: table => new
                {
                    account_id = table.Column<Guid>(type: "uuid", nullable: false),
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_account_workspaces", x => new { x.account_id, x.workspace_id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_join_requests_proof_hash_workspace_id",
                table: "join_requests",
                columns: new[] { "proof_hash", "workspace_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invitations_link_hash_workspace_id",
                table: "invitations",
                columns: new[] { "link_hash", "workspace_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invitations_mail_hash_workspace_id",
                table: "invitations",
                columns: new[] { "mail_hash", "workspace_id" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "account_workspaces");

            migrationBuilder.DropIndex(
                name: "IX_join_requests_proof_hash_workspace_id",
                table: "join_requests");

            migrationBuilder.DropIndex(
                name: "IX_invitations_link_hash_workspace_id",
                table: "invitations");

            migrationBuilder.DropIndex(
                name: "IX_invitations_mail_hash_workspace_id",
                table: "invitations");

            migrationBuilder.CreateIndex(
                name: "IX_join_requests_proof_hash",
                table: "join_requests",
                column: "proof_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invitations_link_hash",
                table: "invitations",
                column: "link_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invitations_mail_hash",
                table: "invitations",
                column: "mail_hash",
                unique: true);
        }
    }
}
