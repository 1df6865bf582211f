using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteDb))]
    [Migration("20261129013621_AuditSegments")]
    public class AuditSegments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // audit_heads stays, unused: nothing is dropped that a build beside this one may read

            migrationBuilder.DropIndex(
                name: "ix_audit_entries_unsealed",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "IX_audit_entries_workspace_id_sequence",
                table: "audit_entries");

            migrationBuilder.CreateTable(
                name: "audit_segments",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    first = table.Column<long>(type: "INTEGER", nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    lines = table.Column<byte[]>(type: "BLOB", nullable: false),
                    last_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    chain = table.Column<byte[]>(type: "BLOB", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    signature = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_segments", x => new { x.workspace_id, x.first });
                });

            migrationBuilder.CreateIndex(
                name: "IX_audit_entries_id_workspace_id",
                table: "audit_entries",
                columns: new[] { "id", "workspace_id" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_segments_last_id",
                table: "audit_segments",
                column: "last_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_segments");

            migrationBuilder.DropIndex(
                name: "IX_audit_entries_id_workspace_id",
                table: "audit_entries");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_unsealed",
                table: "audit_entries",
                columns: new[] { "workspace_id", "id" },
                filter: "sequence IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_audit_entries_workspace_id_sequence",
                table: "audit_entries",
                columns: new[] { "workspace_id", "sequence" });
        }
    }
}
