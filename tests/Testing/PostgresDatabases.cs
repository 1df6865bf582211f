using System.Collections.Concurrent;
using Npgsql;

namespace UserManagement.Testing;

/// <summary>
/// The PostgreSQL databases of this test process. One that a test is done with is emptied and handed to the next, with the
/// connections that are open to it: making and dropping one each time took most of a test's time (each of both is a checkpoint of
/// the whole cluster). A database that a test left other than it was made - a table more, a trigger off, somebody still in it,
/// many pages - is dropped instead.
/// </summary>
internal static class PostgresDatabases
{
    private const long MostGrowth = 8 << 20; // bytes; dead rows and statistics of a big test would change the plans of the next

    private const string ShapeSql = """
        SELECT concat_ws('/',
            (SELECT count(*) FROM pg_class), (SELECT sum(hashtext(relname::text || relkind::text)::bigint) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
            (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped), (SELECT count(*) FROM pg_constraint),
            (SELECT count(*) FROM pg_trigger WHERE tgenabled = 'O'), (SELECT sum(hashtext(prosrc)::bigint) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
            (SELECT count(*) FROM pg_db_role_setting), (SELECT string_agg("MigrationId", ',' ORDER BY "MigrationId") FROM "__EFMigrationsHistory"))
        """;

    private const string EmptySql = """
        DO $$
        DECLARE one record;
        BEGIN
            PERFORM set_config('session_replication_role', 'replica', true); -- no trigger, no foreign key looks
            FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '__EFMigrationsHistory' LOOP
                EXECUTE format('DELETE FROM public.%I', one.tablename);
            END LOOP;
        END $$
        """;

    private const string OthersSql =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";

    private static readonly ConcurrentDictionary<string, ConcurrentBag<Made>> Idle = new();

    /// <summary>One database: its name, and what it was like when it was made.</summary>
    internal sealed record Made(string Template, string Name, string ConnectionString, string Shape, long Size);

    /// <summary>An empty database of this template.</summary>
    public static async Task<Made> TakeAsync(string template)
    {
        if (Idle.TryGetValue(template, out var idle) && idle.TryTake(out var made))
        {
            return made;
        }

        var name = "test_" + Guid.CreateVersion7().ToString("N");
        // Copying files instead of logging pages: 34 ms against 120 ms where nothing is flushed.
        await PostgresCluster.ExecuteAsync($"create database {name} template {template} strategy file_copy");
        var connectionString = await PostgresCluster.ConnectionStringAsync(name);
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return new(template, name, connectionString, await AskAsync<string>(connection, ShapeSql), await SizeAsync(connection));
    }

    /// <summary>Takes a database back that nobody uses any more.</summary>
    public static async Task GiveBackAsync(Made made)
    {
        if (await EmptyAsync(made))
        {
            Idle.GetOrAdd(made.Template, _ => []).Add(made);
            return;
        }

        await DropAsync(made.Name, made.ConnectionString);
    }

    /// <summary>Closes the idle connections to a database, and drops it.</summary>
    public static async Task DropAsync(string name, string connectionString)
    {
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            NpgsqlConnection.ClearPool(connection);
        }

        await PostgresCluster.ExecuteAsync($"drop database if exists {name} with (force)");
    }

    // False when it is not as it was made.
    private static async Task<bool> EmptyAsync(Made made)
    {
        try
        {
            await using var connection = new NpgsqlConnection(made.ConnectionString);
            await connection.OpenAsync();
            if (
                await AskAsync<long>(connection, OthersSql) > 0
                || await AskAsync<string>(connection, ShapeSql) != made.Shape
                || await SizeAsync(connection) - made.Size > MostGrowth
            )
            {
                return false;
            }

            await using var empty = new NpgsqlCommand(EmptySql, connection);
            await empty.ExecuteNonQueryAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static Task<long> SizeAsync(NpgsqlConnection connection) =>
        AskAsync<long>(connection, "SELECT pg_database_size(current_database())");

    private static async Task<T> AskAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
