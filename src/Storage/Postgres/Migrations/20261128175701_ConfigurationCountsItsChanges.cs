using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace UserManagement.Storage.Postgres.Migrations;

/// <summary>
/// Written by hand: the database itself counts the changes of a configuration, so that acts that rest on one notice a change
/// whoever made it: an older build beside this one, or an operator by hand.
/// </summary>
[DbContext(typeof(PostgresDb))]
[Migration("20261128175701_ConfigurationCountsItsChanges")]
internal sealed class ConfigurationCountsItsChanges : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            CREATE FUNCTION workspaces_count_configurations() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.configuration_version := OLD.configuration_version + 1;
                RETURN NEW;
            END
            $$;
            """);
        migrationBuilder.Sql("""
            CREATE TRIGGER workspaces_count_configurations BEFORE UPDATE ON workspaces
            FOR EACH ROW WHEN (OLD.configuration IS DISTINCT FROM NEW.configuration) EXECUTE FUNCTION workspaces_count_configurations();
            """);
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("DROP TRIGGER workspaces_count_configurations ON workspaces");
        migrationBuilder.Sql("DROP FUNCTION workspaces_count_configurations()");
    }
}
