using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129124854_PortalLinks")]
    public class PortalLinks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "portal_link_id",
                table: "sign_in_tests",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "portal_link_id",
                table: "scim_credentials",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "portal_link_id",
                table: "identity_connections",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "portal_links",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    note = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false, collation: "C"),
                    token_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    mail_address = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    mail_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    mailed_at = table.Column<long>(type: "bigint", nullable: true),
                    mail_failure = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    opens_directory = table.Column<bool>(type: "boolean", nullable: false),
                    opens_sign_in = table.Column<bool>(type: "boolean", nullable: false),
                    opens_domain = table.Column<bool>(type: "boolean", nullable: false),
                    made_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    expires_at = table.Column<long>(type: "bigint", nullable: false),
                    revoked_at = table.Column<long>(type: "bigint", nullable: true),
                    last_used_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_portal_links", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_portal_links",
                table: "audit_entries",
                columns: new[] { "workspace_id", "actor_id", "id" },
                filter: "actor_kind = 'PortalLink'");

            migrationBuilder.CreateIndex(
                name: "IX_portal_links_expires_at",
                table: "portal_links",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "IX_portal_links_id",
                table: "portal_links",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_portal_links_token_hash",
                table: "portal_links",
                column: "token_hash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "portal_links");

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_portal_links",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "portal_link_id",
                table: "sign_in_tests");

            migrationBuilder.DropColumn(
                name: "portal_link_id",
                table: "scim_credentials");

            migrationBuilder.DropColumn(
                name: "portal_link_id",
                table: "identity_connections");
        }
    }
}
