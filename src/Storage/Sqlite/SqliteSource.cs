using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using UserManagement.Membership.Data;

namespace UserManagement.Storage.Sqlite;

/// <summary>A SQLite file.</summary>
internal sealed class SqliteSource : MembershipSource
{
    private readonly string _connectionString;
    private readonly string _file;
    private readonly PooledDbContextFactory<SqliteDb> _contexts;
    private readonly DbContextOptions<SqliteDb> _tracking;
    private ServerLock? _held;

    public SqliteSource(StorageSettings settings)
    {
        var parts = new SqliteConnectionStringBuilder(settings.ConnectionString)
        {
            DefaultTimeout = Math.Max(1, (int)settings.CommandTimeout.TotalSeconds),
        };
        _file = Path.GetFullPath(parts.DataSource);
        parts.DataSource = _file;
        _connectionString = parts.ConnectionString;
        var options = Options(_connectionString, settings.CommandTimeout);
        _contexts = new(options);
        _tracking = new DbContextOptionsBuilder<SqliteDb>(options)
            .UseQueryTrackingBehavior(QueryTrackingBehavior.TrackAll)
            .AddInterceptors(new StatementsInTurn())
            .Options;
    }

    /// <summary>How a context on this file behaves, for the pool and for the design-time tool.</summary>
    public static DbContextOptions<SqliteDb> Options(string connectionString, TimeSpan commandTimeout) =>
        new DbContextOptionsBuilder<SqliteDb>()
            .UseSqlite(
                connectionString,
                // a list is one parameter (json_each), not one for each element: a quarter of the time, and lists of any length
                o =>
                    o.CommandTimeout(Math.Max(1, (int)commandTimeout.TotalSeconds))
                        .UseParameterizedCollectionMode(ParameterTranslationMode.Parameter)
            )
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .ConfigureWarnings(TrustTheMigrations)
            .AddInterceptors(new SqlitePragmas())
            .Options;

    public override MembershipDb Open() => _contexts.CreateDbContext();

    public override MembershipDb OpenTracking() => new SqliteDb(_tracking) { IsInTurn = true };

    public override void HoldAsServer() => _held ??= ServerLock.Take(_file);

    public override async Task MigrateAsync(CancellationToken ct)
    {
        using var taken = _held is null ? ServerLock.Take(_file) : null;
        await using var db = _contexts.CreateDbContext();
        await ClearStaleLockAsync(db, ct);
        await MigrateAsync(db, ct);
        await db.Database.OpenConnectionAsync(ct);
        PlannerStatistics.Write((SqliteConnection)db.Database.GetDbConnection());
        await db.Database.CloseConnectionAsync();
        SqliteConnection.ClearPool((SqliteConnection)db.Database.GetDbConnection()); // a connection reads them when it opens
    }

    protected override string DemandedColumns =>
        "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND c.\"notnull\" "
        + "= 1 AND c.dflt_value IS NULL";

    protected override ValueTask CloseAsync()
    {
        _held?.Dispose();
        _held = null;
        SqliteConnectionPool.Close(_connectionString);
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// A process killed amid a migration leaves EF's lock row behind, and EF then waits for it for ever. Whoever
    /// migrates holds the server lock, which the kernel takes from the dead: so a row found now is nobody's.
    /// </summary>
    private static async Task ClearStaleLockAsync(SqliteDb db, CancellationToken ct)
    {
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'";
            if (await command.ExecuteScalarAsync(ct) is > 0L)
            {
                command.CommandText = "DELETE FROM \"__EFMigrationsLock\"";
                await command.ExecuteNonQueryAsync(ct);
            }
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }
}
