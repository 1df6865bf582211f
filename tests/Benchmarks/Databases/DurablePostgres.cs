using System.Diagnostics;
using System.Globalization;
using Npgsql;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Databases;

/// <summary>
/// A PostgreSQL cluster of this run alone, in a temporary folder, that flushes every commit to the disk. It ends with
/// the process, however that ends.
/// </summary>
internal sealed class DurablePostgres : IDisposable
{
    private readonly Process _script;
    private readonly string _admin;

    private DurablePostgres(Process script, string admin, int postmaster)
    {
        _script = script;
        _admin = admin;
        Postmaster = postmaster;
    }

    /// <summary>The process above all of the cluster's processes.</summary>
    public int Postmaster { get; }

    /// <summary>Starts it with the script of the tests, which knows where the binaries are.</summary>
    /// <param name="counts">Whether it counts statements, see <see cref="StatementsAsync"/>.</param>
    public static async Task<DurablePostgres> StartAsync(bool counts = false)
    {
        var script =
            Process.Start(
                new ProcessStartInfo(
                    "bash",
                    [
                        Path.Combine(AppContext.BaseDirectory, "throwaway-postgres.sh"),
                        "--durable",
                        .. counts ? ["--counting"] : Array.Empty<string>(),
                    ]
                )
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            ) ?? throw new InvalidOperationException("bash did not start");
        var line = await script.StandardOutput.ReadLineAsync();
        if (line is null || !line.StartsWith("port ", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("PostgreSQL did not start: " + line + await script.StandardError.ReadToEndAsync());
        }

        var admin = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = int.Parse(line.AsSpan(5), CultureInfo.InvariantCulture),
            Username = "postgres",
            Database = "postgres",
            Pooling = false,
        }.ConnectionString;
        await using var connection = new NpgsqlConnection(admin);
        await connection.OpenAsync();
        await using var asked = new NpgsqlCommand(
            "select current_setting('fsync') || current_setting('synchronous_commit') || pg_backend_pid()",
            connection
        );
        var answer = (string)(await asked.ExecuteScalarAsync())!;
        return answer.StartsWith("onon", StringComparison.Ordinal)
            ? new(script, admin, Driving.CpuMeter.ParentOf(int.Parse(answer.AsSpan(4), CultureInfo.InvariantCulture)))
            : throw new InvalidOperationException("The cluster does not flush its commits.");
    }

    /// <summary>A new, empty database.</summary>
    public async Task<DatabaseTarget> NewAsync(string name)
    {
        await using var connection = new NpgsqlConnection(_admin);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"create database {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new(Database.Postgres, new NpgsqlConnectionStringBuilder(_admin) { Database = name, Pooling = true }.ConnectionString);
    }

    /// <summary>From now on no page is logged whole, so that the bytes of the log do not depend on when the last checkpoint was.</summary>
    public async Task WithoutFullPagesAsync()
    {
        await using var connection = new NpgsqlConnection(_admin);
        await connection.OpenAsync();
        foreach (var statement in new[] { "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()", "CHECKPOINT" })
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>How many statements a database has run until now.</summary>
    public async Task<long> StatementsAsync(DatabaseTarget target)
    {
        await using var connection = new NpgsqlConnection(_admin);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SELECT COALESCE(SUM(calls), 0)::bigint FROM pg_stat_statements WHERE dbid = "
                + $"(SELECT oid FROM pg_database WHERE datname = '{new NpgsqlConnectionStringBuilder(target.ConnectionString).Database}')",
            connection
        );
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _script.StandardInput.Close();
        _script.WaitForExit(TimeSpan.FromSeconds(10));
        _script.Dispose();
    }
}
