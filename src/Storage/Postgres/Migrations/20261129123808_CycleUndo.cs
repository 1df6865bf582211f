using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129123808_CycleUndo")]
    public class CycleUndo : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "cycle_notes",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    target_id = table.Column<Guid>(type: "uuid", nullable: false),
                    facts = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cycle_notes", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "cycle_undo_items",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    target_id = table.Column<Guid>(type: "uuid", nullable: false),
                    target_kind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    target_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true, collation: "C"),
                    end = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cycle_undo_items", x => new { x.workspace_id, x.id, x.target_id });
                });

            migrationBuilder.CreateTable(
                name: "cycle_undos",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    client_id = table.Column<Guid>(type: "uuid", nullable: false),
                    client = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false, collation: "C"),
                    number = table.Column<int>(type: "integer", nullable: false),
                    asked_kind = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    asked_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    asked_by = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    asked_as = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    door = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    first_line = table.Column<Guid>(type: "uuid", nullable: false),
                    end_line = table.Column<Guid>(type: "uuid", nullable: false),
                    phase = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    cursor = table.Column<Guid>(type: "uuid", nullable: false),
                    total = table.Column<int>(type: "integer", nullable: false),
                    seen = table.Column<int>(type: "integer", nullable: false),
                    left_out = table.Column<int>(type: "integer", nullable: false),
                    started_at = table.Column<long>(type: "bigint", nullable: false),
                    done_at = table.Column<long>(type: "bigint", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cycle_undos", x => new { x.workspace_id, x.id });
                });

            migrationBuilder.CreateIndex(
                name: "IX_cycle_notes_workspace_id_target_id_id",
                table: "cycle_notes",
                columns: new[] { "workspace_id", "target_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_cycle_undo_items_workspace_id_id_end",
                table: "cycle_undo_items",
                columns: new[] { "workspace_id", "id", "end" },
                filter: "\"end\" IN ('Left', 'Partly', 'Again')");

            migrationBuilder.CreateIndex(
                name: "IX_cycle_undo_items_workspace_id_target_id",
                table: "cycle_undo_items",
                columns: new[] { "workspace_id", "target_id" });

            migrationBuilder.CreateIndex(
                name: "IX_cycle_undos_workspace_id",
                table: "cycle_undos",
                column: "workspace_id",
                unique: true,
                filter: "done_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "cycle_notes");

            migrationBuilder.DropTable(
                name: "cycle_undo_items");

            migrationBuilder.DropTable(
                name: "cycle_undos");
        }
    }
}
