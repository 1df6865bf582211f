using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129100929_GroupRules")]
    public class GroupRules : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "rule_id",
                table: "group_members",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "group_rules",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    place = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "character varying(512)", maxLength: 512, nullable: false, collation: "C"),
                    asks = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    group_id = table.Column<Guid>(type: "uuid", nullable: true),
                    value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    role = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    license = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    groups = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ceiling = table.Column<int>(type: "integer", nullable: true),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    modified_at = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_group_rules", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "rule_runs",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    cause = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    began_after = table.Column<Guid>(type: "uuid", nullable: false),
                    cursor = table.Column<Guid>(type: "uuid", nullable: false),
                    is_behind_end = table.Column<bool>(type: "boolean", nullable: false),
                    total = table.Column<long>(type: "bigint", nullable: false),
                    seen = table.Column<long>(type: "bigint", nullable: false),
                    changed = table.Column<long>(type: "bigint", nullable: false),
                    left_out = table.Column<long>(type: "bigint", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: false),
                    moved_at = table.Column<long>(type: "bigint", nullable: true),
                    done_at = table.Column<long>(type: "bigint", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
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
