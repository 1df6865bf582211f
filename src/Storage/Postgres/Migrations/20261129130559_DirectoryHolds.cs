using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129130559_DirectoryHolds")]
    public class DirectoryHolds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "directory_holds",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    client_id = table.Column<Guid>(type: "uuid", nullable: false),
                    about = table.Column<Guid>(type: "uuid", nullable: false),
                    client = table.Column<string>(type: "character varying(512)", maxLength: 512, nullable: false, collation: "C"),
                    name = table.Column<string>(type: "character varying(512)", maxLength: 512, nullable: true, collation: "C"),
                    window_until = table.Column<long>(type: "bigint", nullable: true),
                    used = table.Column<long>(type: "bigint", nullable: false),
                    most = table.Column<long>(type: "bigint", nullable: false),
                    open_since = table.Column<long>(type: "bigint", nullable: true),
                    decide_until = table.Column<long>(type: "bigint", nullable: true),
                    is_tripped = table.Column<bool>(type: "boolean", nullable: false),
                    held = table.Column<long>(type: "bigint", nullable: false),
                    allowed_until = table.Column<long>(type: "bigint", nullable: true),
                    verdict = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: true),
                    decided_at = table.Column<long>(type: "bigint", nullable: true),
                    decided_by_kind = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: true),
                    decided_by_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_by_name = table.Column<string>(type: "character varying(512)", maxLength: 512, nullable: true, collation: "C"),
                    cursor = table.Column<Guid>(type: "uuid", nullable: false),
                    done = table.Column<long>(type: "bigint", nullable: false),
                    left_out = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_directory_holds", x => new { x.workspace_id, x.client_id, x.about });
                });

            migrationBuilder.CreateIndex(
                name: "IX_directory_holds_open_since",
                table: "directory_holds",
                column: "open_since",
                filter: "open_since IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "directory_holds");
        }
    }
}
