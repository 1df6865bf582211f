using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261128211020_OutboxByKind")]
    public class OutboxByKind : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_outbox_messages_open_kind",
                table: "outbox_messages",
                columns: new[] { "kind", "due_at", "id" },
                filter: "done_at IS NULL AND dead_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_messages_open_subject_kind",
                table: "outbox_messages",
                columns: new[] { "subject", "kind", "id" },
                filter: "done_at IS NULL AND dead_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_outbox_messages_open_kind",
                table: "outbox_messages");

            migrationBuilder.DropIndex(
                name: "ix_outbox_messages_open_subject_kind",
                table: "outbox_messages");
        }
    }
}
