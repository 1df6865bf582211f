using Npgsql;

namespace UserManagement.Testing;

/// <summary>
/// The names of Citus on a plain PostgreSQL (<c>citus-stand-in.sql</c>): with them the product takes a database for a distributed one, while
/// every table is where it was.
/// </summary>
public static class CitusStandIn
{
    /// <summary>Puts the names into a test's database, which is dropped after the test.</summary>
    /// <param name="database">On PostgreSQL.</param>
    /// <param name="isCut">Whether the tables of workspaces are to be taken for cut; else Citus is installed and nothing more.</param>
    public static async Task PutAsync(TestDatabase database, bool isCut)
    {
        ArgumentNullException.ThrowIfNull(database);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var names = new NpgsqlCommand(
            await File.ReadAllTextAsync(Repository.At("tests", "Testing", "citus-stand-in.sql")),
            connection
        );
        await names.ExecuteNonQueryAsync();
        if (isCut)
        {
            await using var cut = new NpgsqlCommand(
                "SELECT create_distributed_table('members', 'workspace_id', colocate_with => 'none')",
                connection
            );
            await cut.ExecuteNonQueryAsync();
        }
    }
}
