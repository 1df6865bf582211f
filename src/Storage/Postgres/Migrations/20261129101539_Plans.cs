using System;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261129101539_Plans")]
    public class Plans : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "billing_customer",
                table: "workspaces",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "plan",
                table: "workspaces",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.CreateTable(
                name: "billing_events",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false, collation: "C"),
                    taken_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billing_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "billing_subscriptions",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false, collation: "C"),
                    customer = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false, collation: "C"),
                    seats = table.Column<int>(type: "integer", nullable: false),
                    is_ended = table.Column<bool>(type: "boolean", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    is_first = table.Column<bool>(type: "boolean", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billing_subscriptions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "mail_counts",
                columns: table => new
                {
                    workspace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    period = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false, collation: "C"),
                    ends_at = table.Column<long>(type: "bigint", nullable: false),
                    used = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mail_counts", x => new { x.workspace_id, x.period });
                });

            migrationBuilder.CreateIndex(
                name: "IX_workspaces_billing_customer",
                table: "workspaces",
                column: "billing_customer",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_billing_events_taken_at",
                table: "billing_events",
                column: "taken_at");

            migrationBuilder.CreateIndex(
                name: "IX_billing_subscriptions_customer",
                table: "billing_subscriptions",
                column: "customer");

            migrationBuilder.CreateIndex(
                name: "IX_mail_counts_ends_at",
                table: "mail_counts",
                column: "ends_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "billing_events");

            migrationBuilder.DropTable(
                name: "billing_subscriptions");

            migrationBuilder.DropTable(
                name: "mail_counts");

            migrationBuilder.DropIndex(
                name: "IX_workspaces_billing_customer",
                table: "workspaces");

            migrationBuilder.DropColumn(
                name: "billing_customer",
                table: "workspaces");

            migrationBuilder.DropColumn(
                name: "plan",
                table: "workspaces");
        }
    }
}
