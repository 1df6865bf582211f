using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261128185910_Retention")]
    public class Retention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_outbox_messages_done_at_dead_at_due_at",
                table: "outbox_messages");

            migrationBuilder.AddColumn<bool>(
                name: "proof_is_undated",
                table: "sessions",
                type: "boolean",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "erased_at",
                table: "audit_entries",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "salt",
                table: "audit_entries",
                type: "bytea",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_sign_in_tests_ends_at",
                table: "sign_in_tests",
                column: "ends_at");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_messages_dead_at",
                table: "outbox_messages",
                column: "dead_at",
                filter: "dead_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_messages_done_at",
                table: "outbox_messages",
                column: "done_at",
                filter: "done_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_messages_due_at_id",
                table: "outbox_messages",
                columns: new[] { "due_at", "id" },
                filter: "done_at IS NULL AND dead_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_messages_open_subject",
                table: "outbox_messages",
                columns: new[] { "subject", "id" },
                filter: "done_at IS NULL AND dead_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_members_modified_at",
                table: "members",
                column: "modified_at",
                filter: "state = 'Ended'");

            migrationBuilder.CreateIndex(
                name: "IX_invitations_closed_at",
                table: "invitations",
                column: "closed_at",
                filter: "closed_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_invitations_expires_at",
                table: "invitations",
                column: "expires_at",
                filter: "closed_at IS NULL AND link_sealed IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_audit_entries_workspace_id_act_id",
                table: "audit_entries",
                columns: new[] { "workspace_id", "act", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_entries_workspace_id_actor_id_id",
                table: "audit_entries",
                columns: new[] { "workspace_id", "actor_id", "id" },
                filter: "actor_kind IN ('Member', 'Person')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_sign_in_tests_ends_at",
                table: "sign_in_tests");

            migrationBuilder.DropIndex(
                name: "IX_outbox_messages_dead_at",
                table: "outbox_messages");

            migrationBuilder.DropIndex(
                name: "IX_outbox_messages_done_at",
                table: "outbox_messages");

            migrationBuilder.DropIndex(
                name: "IX_outbox_messages_due_at_id",
                table: "outbox_messages");

            migrationBuilder.DropIndex(
                name: "ix_outbox_messages_open_subject",
                table: "outbox_messages");

            migrationBuilder.DropIndex(
                name: "IX_members_modified_at",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_invitations_closed_at",
                table: "invitations");

            migrationBuilder.DropIndex(
                name: "IX_invitations_expires_at",
                table: "invitations");

            migrationBuilder.DropIndex(
                name: "IX_audit_entries_workspace_id_act_id",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "IX_audit_entries_workspace_id_actor_id_id",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "proof_is_undated",
                table: "sessions");

            migrationBuilder.DropColumn(
                name: "erased_at",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "salt",
                table: "audit_entries");

            migrationBuilder.CreateIndex(
                name: "IX_outbox_messages_done_at_dead_at_due_at",
                table: "outbox_messages",
                columns: new[] { "done_at", "dead_at", "due_at" });
        }
    }
}
