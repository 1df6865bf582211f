using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteDb))]
    [Migration("20261129120609_HeldWords")]
    public class HeldWords : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "held_as",
                table: "members",
                type: "TEXT",
                maxLength: 24,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "held_by",
                table: "members",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "held_since",
                table: "members",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "held_until",
                table: "members",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_held_as_id",
                table: "members",
                columns: new[] { "workspace_id", "held_as", "id" },
                filter: "held_as IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_held_as_id",
                table: "members");

            migrationBuilder.DropColumn(
                name: "held_as",
                table: "members");

            migrationBuilder.DropColumn(
                name: "held_by",
                table: "members");

            migrationBuilder.DropColumn(
                name: "held_since",
                table: "members");

            migrationBuilder.DropColumn(
                name: "held_until",
                table: "members");
        }
    }
}
