using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteDb))]
    [Migration("20261129010249_LinksAndDomains")]
    public class LinksAndDomains : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "domain_join_allowed",
                table: "workspaces",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "email_domain_id",
                table: "invitations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "invite_link_id",
                table: "invitations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "email_domains",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 253, nullable: false),
                    token = table.Column<string>(type: "TEXT", nullable: false),
                    join = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    join_role = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    verified_at = table.Column<long>(type: "INTEGER", nullable: true),
                    verified_by = table.Column<string>(type: "TEXT", maxLength: 24, nullable: true),
                    checked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_email_domains", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "invite_links",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    role = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    link_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    link_sealed = table.Column<byte[]>(type: "BLOB", nullable: true),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    most_uses = table.Column<int>(type: "INTEGER", nullable: true),
                    uses = table.Column<int>(type: "INTEGER", nullable: false),
                    created_by = table.Column<Guid>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invite_links", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "join_requests",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    domain_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    user_name = table.Column<string>(type: "TEXT", maxLength: 512, nullable: false),
                    user_name_key = table.Column<string>(type: "TEXT", maxLength: 512, nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    proof_hash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    proof_sealed = table.Column<byte[]>(type: "BLOB", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    decided_at = table.Column<long>(type: "INTEGER", nullable: true),
                    decided_by = table.Column<Guid>(type: "TEXT", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_join_requests", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_invitations_workspace_id_invite_link_id",
                table: "invitations",
                columns: new[] { "workspace_id", "invite_link_id" },
                filter: "invite_link_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_email_domains_name",
                table: "email_domains",
                column: "name",
                filter: "verified_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_email_domains_workspace_id_name",
                table: "email_domains",
                columns: new[] { "workspace_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invite_links_link_hash",
                table: "invite_links",
                column: "link_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invite_links_workspace_id_role",
                table: "invite_links",
                columns: new[] { "workspace_id", "role" },
                unique: true,
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_join_requests_created_at",
                table: "join_requests",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "IX_join_requests_proof_hash",
                table: "join_requests",
                column: "proof_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_join_requests_workspace_id_state_id",
                table: "join_requests",
                columns: new[] { "workspace_id", "state", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_join_requests_workspace_id_user_name_key",
                table: "join_requests",
                columns: new[] { "workspace_id", "user_name_key" },
                unique: true,
                filter: "decided_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "email_domains");

            migrationBuilder.DropTable(
                name: "invite_links");

            migrationBuilder.DropTable(
                name: "join_requests");

            migrationBuilder.DropIndex(
                name: "IX_invitations_workspace_id_invite_link_id",
                table: "invitations");

            migrationBuilder.DropColumn(
                name: "domain_join_allowed",
                table: "workspaces");

            migrationBuilder.DropColumn(
                name: "email_domain_id",
                table: "invitations");

            migrationBuilder.DropColumn(
                name: "invite_link_id",
                table: "invitations");
        }
    }
}
