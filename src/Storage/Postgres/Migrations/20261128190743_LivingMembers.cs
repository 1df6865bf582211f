using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(PostgresDb))]
    [Migration("20261128190743_LivingMembers")]
    public class LivingMembers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_has_seat_sort_key_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_role_sort_key_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_sort_key_id",
                table: "members");

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_has_seat_sort_key_id",
                table: "members",
                columns: new[] { "workspace_id", "has_seat", "sort_key", "id" },
                filter: "state <> 'Ended'");

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_id",
                table: "members",
                columns: new[] { "workspace_id", "id" },
                filter: "state <> 'Ended'");

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_role_sort_key_id",
                table: "members",
                columns: new[] { "workspace_id", "role", "sort_key", "id" },
                filter: "state <> 'Ended'");

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_sort_key_id",
                table: "members",
                columns: new[] { "workspace_id", "sort_key", "id" },
                filter: "state <> 'Ended'");

            migrationBuilder.CreateIndex(
                name: "IX_invitations_workspace_id_stored_id",
                table: "invitations",
                columns: new[] { "workspace_id", "stored", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_has_seat_sort_key_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_role_sort_key_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_sort_key_id",
                table: "members");

            migrationBuilder.DropIndex(
                name: "IX_invitations_workspace_id_stored_id",
                table: "invitations");

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_has_seat_sort_key_id",
                table: "members",
                columns: new[] { "workspace_id", "has_seat", "sort_key", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_role_sort_key_id",
                table: "members",
                columns: new[] { "workspace_id", "role", "sort_key", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_sort_key_id",
                table: "members",
                columns: new[] { "workspace_id", "sort_key", "id" });
        }
    }
}
