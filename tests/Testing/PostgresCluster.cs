using Npgsql;

namespace UserManagement.Testing;

/// <summary>
/// The PostgreSQL server that this test process uses. <c>./test</c> starts one for the whole run and names it in
/// the environment variable <c>USERMANAGEMENT_TEST_POSTGRES</c>; a test project run on its own starts a throw-away
/// cluster at the first need. That one ends with the process, even when the process is killed (see the script).
/// </summary>
public static class PostgresCluster
{
    /// <summary>The environment variable with a superuser's connection string.</summary>
    public const string Variable = "USERMANAGEMENT_TEST_POSTGRES";

    private static readonly Lazy<Task<string>> Started = new(StartAsync);

    // Held for the process's life: the cluster stops when its standard input closes.
    private static OwnCluster? cluster;

    /// <summary>A superuser's connection string to the database <c>postgres</c>, without pooling.</summary>
    public static Task<string> AdminConnectionStringAsync() => Started.Value;

    /// <summary>The connection string of another database on this cluster, pooled as a server would use it.</summary>
    public static async Task<string> ConnectionStringAsync(string database) =>
        new NpgsqlConnectionStringBuilder(await AdminConnectionStringAsync())
        {
            Database = database,
            Pooling = true,
            Timeout = (int)DatabaseSchema.Patience.TotalSeconds / 2,
            IncludeErrorDetail = true,
        }.ConnectionString;

    /// <summary>
    /// Runs statements as the superuser, one connection for all; each by itself, since CREATE DATABASE wants no transaction.
    /// </summary>
    public static async Task ExecuteAsync(params string[] statements)
    {
        await using var connection = new NpgsqlConnection(await AdminConnectionStringAsync());
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task<string> StartAsync()
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(given)
            ? await StartForAllAsync()
            : new NpgsqlConnectionStringBuilder(given) { Pooling = false }.ConnectionString;
    }

    private static async Task<string> StartForAllAsync()
    {
        cluster = await OwnCluster.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.Stop();
        return cluster.ConnectionString;
    }
}
