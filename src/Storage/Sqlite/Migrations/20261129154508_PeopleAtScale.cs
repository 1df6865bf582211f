using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteDb))]
    [Migration("20261129154508_PeopleAtScale")]
    public class PeopleAtScale : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "last_day",
                table: "invitation_import_rows",
                type: "TEXT",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "member_change_runs",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    change = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    search = table.Column<string>(type: "TEXT", nullable: true),
                    cursor = table.Column<string>(type: "TEXT", nullable: true),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    total = table.Column<long>(type: "INTEGER", nullable: false),
                    total_is_exact = table.Column<bool>(type: "INTEGER", nullable: false),
                    changed = table.Column<int>(type: "INTEGER", nullable: false),
                    unchanged = table.Column<int>(type: "INTEGER", nullable: false),
                    refused = table.Column<int>(type: "INTEGER", nullable: false),
                    ended = table.Column<int>(type: "INTEGER", nullable: false),
                    undone = table.Column<int>(type: "INTEGER", nullable: false),
                    kept = table.Column<int>(type: "INTEGER", nullable: false),
                    broken_off = table.Column<string>(type: "TEXT", nullable: true),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    moved_at = table.Column<long>(type: "INTEGER", nullable: false),
                    actor_kind = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    actor_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    actor_name = table.Column<string>(type: "TEXT", nullable: false),
                    door = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
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
