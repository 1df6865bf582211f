using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteDb))]
    [Migration("20261129090052_SeatLine")]
    public class SeatLine : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "grace",
                table: "tallies",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "grace_days",
                table: "tallies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "grace_until",
                table: "tallies",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "in_line",
                table: "tallies",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "waiting",
                table: "tallies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "waits_since",
                table: "members",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "seat_priority",
                table: "groups",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "member_terms",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    member_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    ends_at = table.Column<long>(type: "INTEGER", nullable: false),
                    sponsor_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    set_by = table.Column<string>(type: "TEXT", nullable: false),
                    set_at = table.Column<long>(type: "INTEGER", nullable: false),
                    reminded_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_member_terms", x => new { x.workspace_id, x.member_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_tallies_waiting",
                table: "tallies",
                column: "workspace_id",
                filter: "waiting > 0");

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_waits_since_id",
                table: "members",
                columns: new[] { "workspace_id", "waits_since", "id" },
                filter: "waits_since IS NOT NULL AND state = 'Active'");

            migrationBuilder.CreateIndex(
                name: "ix_groups_seat_priority",
                table: "groups",
                column: "workspace_id",
                filter: "seat_priority IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_member_terms_ends_at",
                table: "member_terms",
                column: "ends_at",
                filter: "ended_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "member_terms");

            migrationBuilder.DropIndex(
                name: "ix_tallies_waiting",
                table: "tallies");

            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_waits_since_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "ix_groups_seat_priority",
                table: "groups");

            migrationBuilder.DropColumn(
                name: "grace",
                table: "tallies");

            migrationBuilder.DropColumn(
                name: "grace_days",
                table: "tallies");

            migrationBuilder.DropColumn(
                name: "grace_until",
                table: "tallies");

            migrationBuilder.DropColumn(
                name: "in_line",
                table: "tallies");

            migrationBuilder.DropColumn(
                name: "waiting",
                table: "tallies");

            migrationBuilder.DropColumn(
                name: "waits_since",
                table: "members");

            migrationBuilder.DropColumn(
                name: "seat_priority",
                table: "groups");
        }
    }
}
