using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteDb))]
    [Migration("20261129100926_GroupRules")]
    public class GroupRules : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "rule_id",
                table: "group_members",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "group_rules",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    place = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 512, nullable: false),
                    asks = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    group_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    value = table.Column<string>(type: "TEXT", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: true),
                    license = table.Column<string>(type: "TEXT", nullable: true),
                    groups = table.Column<string>(type: "TEXT", nullable: true),
                    ceiling = table.Column<int>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    modified_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_group_rules", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "rule_runs",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    cause = table.Column<string>(type: "TEXT", nullable: false),
                    began_after = table.Column<Guid>(type: "TEXT", nullable: false),
                    cursor = table.Column<Guid>(type: "TEXT", nullable: false),
                    is_behind_end = table.Column<bool>(type: "INTEGER", nullable: false),
                    total = table.Column<long>(type: "INTEGER", nullable: false),
                    seen = table.Column<long>(type: "INTEGER", nullable: false),
                    changed = table.Column<long>(type: "INTEGER", nullable: false),
                    left_out = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    moved_at = table.Column<long>(type: "INTEGER", nullable: true),
                    done_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rule_runs", x => x.workspace_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_grants_workspace_id_origin_id_member_id",
                table: "grants",
                columns: new[] { "workspace_id", "origin_id", "member_id" },
                filter: "origin = 'Group'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "group_rules");

            migrationBuilder.DropTable(
                name: "rule_runs");

            migrationBuilder.DropIndex(
                name: "IX_grants_workspace_id_origin_id_member_id",
                table: "grants");

            migrationBuilder.DropColumn(
                name: "rule_id",
                table: "group_members");
        }
    }
}
