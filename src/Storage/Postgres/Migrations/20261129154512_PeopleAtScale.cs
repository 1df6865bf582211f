using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129154512_PeopleAtScale")]
    public class PeopleAtScale : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "last_day",
                table: "invitation_import_rows",
                type: "character varying(40)",
                maxLength: 40,
                nullable: true,
                collation: "C");

            migrationBuilder.CreateTable(
                name: "member_change_runs",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    change = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false, collation: "C"),
                    search = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    cursor = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    state = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    total = table.Column<long>(type: "bigint", nullable: false),
                    total_is_exact = table.Column<bool>(type: "boolean", nullable: false),
                    changed = table.Column<int>(type: "integer", nullable: false),
                    unchanged = table.Column<int>(type: "integer", nullable: false),
                    refused = table.Column<int>(type: "integer", nullable: false),
                    ended = table.Column<int>(type: "integer", nullable: false),
                    undone = table.Column<int>(type: "integer", nullable: false),
                    kept = table.Column<int>(type: "integer", nullable: false),
                    broken_off = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    started_at = table.Column<long>(type: "bigint", nullable: false),
                    moved_at = table.Column<long>(type: "bigint", nullable: false),
                    actor_kind = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: true),
                    actor_name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    door = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_member_change_runs", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_joined_at_id",
                table: "members",
                columns: new[] { "workspace_id", "joined_at", "id" },
                filter: "state <> 'Ended'");

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_license_sort_key_id",
                table: "members",
                columns: new[] { "workspace_id", "license", "sort_key", "id" },
                filter: "license IS NOT NULL AND state <> 'Ended'");

            migrationBuilder.CreateIndex(
                name: "IX_member_activities_workspace_id_last_active_at_member_id",
                table: "member_activities",
                columns: new[] { "workspace_id", "last_active_at", "member_id" });

            migrationBuilder.CreateIndex(
                name: "IX_member_activities_workspace_id_last_sign_in_at_member_id",
                table: "member_activities",
                columns: new[] { "workspace_id", "last_sign_in_at", "member_id" });

            migrationBuilder.CreateIndex(
                name: "IX_member_change_runs_started_at",
                table: "member_change_runs",
                column: "started_at");

            migrationBuilder.CreateIndex(
                name: "IX_member_change_runs_workspace_id_actor_id",
                table: "member_change_runs",
                columns: new[] { "workspace_id", "actor_id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "member_change_runs");

            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_joined_at_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_license_sort_key_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_member_activities_workspace_id_last_active_at_member_id",
                table: "member_activities");

            migrationBuilder.DropIndex(
                name: "IX_member_activities_workspace_id_last_sign_in_at_member_id",
                table: "member_activities");

            migrationBuilder.DropColumn(
                name: "last_day",
                table: "invitation_import_rows");
        }
    }
}
