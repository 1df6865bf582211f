using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace UserManagement.Testing;

/// <summary>
/// A PostgreSQL server that nobody else uses, for settings that are a whole server's. It ends with this object or with the process, even
/// when the process is killed (see <c>throwaway-postgres.sh</c>).
/// </summary>
public sealed class OwnCluster : IAsyncDisposable
{
    private readonly Process _process;

    private OwnCluster(Process process, int port)
    {
        _process = process;
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Database = "postgres",
            Pooling = false,
        }.ConnectionString;
    }

    /// <summary>A superuser's connection string to the database <c>postgres</c>, without pooling.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts one, in two or three seconds.</summary>
    /// <param name="options">Options of the script: <c>--standbys</c>.</param>
    public static async Task<OwnCluster> StartAsync(params string[] options)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(AppContext.BaseDirectory, "throwaway-postgres.sh"), .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start");
        var line = await process.StandardOutput.ReadLineAsync();
        return line is not null && line.StartsWith("port ", StringComparison.Ordinal)
            ? new OwnCluster(process, int.Parse(line.AsSpan(5), CultureInfo.InvariantCulture))
            : throw new InvalidOperationException("PostgreSQL did not start: " + line + await process.StandardError.ReadToEndAsync());
    }

    /// <summary>Runs statements as the superuser, each by itself.</summary>
    public async Task ExecuteAsync(params string[] statements)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Stop();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Stop()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
    }
}
