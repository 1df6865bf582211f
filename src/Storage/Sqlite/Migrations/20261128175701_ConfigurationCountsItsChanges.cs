using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Sqlite.Migrations;

/// <summary>
/// Written by hand: the database itself counts the changes of a configuration, so that acts that rest on one notice a change
/// whoever made it: an older build beside this one, or an operator by hand. A migration that builds the table anew must make
/// the trigger anew; a test looks for it.
/// </summary>
[DbContext(typeof(SqliteDb))]
[Migration("20261128175701_ConfigurationCountsItsChanges")]
internal sealed class ConfigurationCountsItsChanges : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TRIGGER workspaces_count_configurations
        AFTER UPDATE OF configuration ON workspaces WHEN OLD.configuration IS NOT NEW.configuration
        BEGIN
            UPDATE workspaces SET configuration_version = OLD.configuration_version + 1 WHERE id = NEW.id;
        END;
        """);

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TRIGGER workspaces_count_configurations");
}
