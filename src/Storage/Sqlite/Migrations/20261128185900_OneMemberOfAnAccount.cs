using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace UserManagement.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    [DbContext(typeof(SqliteDb))]
    [Migration("20261128185900_OneMemberOfAnAccount")]
    public class OneMemberOfAnAccount : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            AccountsWithTwoMembers.Resolve(migrationBuilder); // by hand: at once with the index, so that no second one slips in between
            migrationBuilder.CreateIndex(
                name: "IX_members_workspace_id_account_id",
                table: "members",
                columns: new[] { "workspace_id", "account_id" },
                unique: true,
                filter: "account_id IS NOT NULL AND state <> 'Ended'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_members_workspace_id_account_id",
                table: "members");
        }
    }
}
