using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using UserManagement.Membership.Data;

namespace UserManagement.Storage.Postgres;

/// <summary>A PostgreSQL database.</summary>
internal sealed class PostgresSource : MembershipSource
{
    private const long MigrationLock = 0x554D_5347; // any number, the same for all versions of the product
    private readonly StorageSettings _settings;
    private readonly NpgsqlConnectionStringBuilder _migrations;
    private readonly Distribution _distribution = new();
    private readonly PlannerStatistics _statistics;
    private readonly NpgsqlDataSource _data;
    private readonly PooledDbContextFactory<PostgresDb> _contexts;
    private readonly DbContextOptions<PostgresDb> _tracking;

    public PostgresSource(StorageSettings settings)
    {
        _settings = settings;
        var given = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        if (given.Host is { } hosts && hosts.Contains(',', StringComparison.Ordinal))
        {
            // the driver would ask each whether it leads, and believe one that another has taken the lead from
            throw new StorageException(
                "Storage:ConnectionString names several hosts. Name one: a proxy that follows the node which leads (deploy/ha/README.md)."
            );
        }

        // What the operator set stands; these are our own defaults.
        Default(given, "Max Auto Prepare", 128);
        Default(given, "Command Timeout", Math.Max(1, (int)settings.CommandTimeout.TotalSeconds));
        // A command that is given up costs this once more: the driver then dials anew to cancel it, and waits for that (twice where it
        // asks for GSS encryption first), whatever its Cancellation Timeout. Together they are how long a request waits for a database
        // that stands still.
        Default(given, "Timeout", 4);
        Default(given, "GSS Encryption Mode", "Disable");
        Default(given, "Application Name", "usermanagement");
        // Nothing here leaves state on a session, so none has to be wiped each time a connection changes hands: that costs
        // the server as much as a keyed read. Migrations, which do, have sessions of their own that end with them.
        Default(given, "No Reset On Close", true);
        given.IncludeFailedBatchedCommand = true; // Store asks which statement of a batch missed
        // Whatever the operator set: a COMMIT that waits for a standby and is cancelled ends as if it were done, and the driver cancels
        // what takes too long. Without a wait for that answer the connection is broken, and nobody is told that it was done.
        given.CancellationTimeout = -1;
        given.Multiplexing = false;
        _migrations = new NpgsqlConnectionStringBuilder(given.ConnectionString) { Pooling = false };
        var data = new NpgsqlDataSourceBuilder(given.ConnectionString);
        data.UseLoggerFactory(settings.DriverLog);
        data.UsePhysicalConnectionInitializer(_distribution.Ask, _distribution.AskAsync);
        _data = data.Build();
        _statistics = new(_data);
        var options = Options(_data, TimeSpan.FromSeconds(given.CommandTimeout));
        _contexts = new(options);
        _tracking = new DbContextOptionsBuilder<PostgresDb>(options).UseQueryTrackingBehavior(QueryTrackingBehavior.TrackAll).Options;
    }

    /// <summary>How a context on this database behaves, for the pool and for the design-time tool.</summary>
    public static DbContextOptions<PostgresDb> Options(NpgsqlDataSource data, TimeSpan commandTimeout) =>
        new DbContextOptionsBuilder<PostgresDb>()
            .UseNpgsql(
                data,
                o =>
                    o.CommandTimeout((int)commandTimeout.TotalSeconds)
                        // The provider's own strategy hides the fault in another exception; acts are tried again by the core.
                        .ExecutionStrategy(d => new NonRetryingExecutionStrategy(d))
            )
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
            .ConfigureWarnings(TrustTheMigrations)
            .Options;

    public override MembershipDb Open()
    {
        var db = _contexts.CreateDbContext();
        db.Distribution = _distribution;
        db.Statistics = _statistics;
        return db;
    }

    public override MembershipDb OpenTracking() => new PostgresDb(_tracking) { Distribution = _distribution };

    public override void HoldAsServer() { }

    public override async Task<TimeSpan> ClockSkewAsync(TimeProvider time, CancellationToken ct)
    {
        await using var command = _data.CreateCommand("SELECT clock_timestamp()");
        var asked = time.GetUtcNow();
        var there = (DateTime)(await command.ExecuteScalarAsync(ct))!;
        return asked + ((time.GetUtcNow() - asked) / 2) - there; // it was answered about halfway
    }

    public override async Task MigrateAsync(CancellationToken ct)
    {
        await using var data = NpgsqlDataSource.Create(_migrations);
        await using var turn = await data.OpenConnectionAsync(ct);
        await WaitForTurnAsync(turn, ct);
        await using var db = new PostgresDb(Options(data, TimeSpan.FromSeconds(_migrations.CommandTimeout)));
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));
        await db.Database.OpenConnectionAsync(ct);
        try
        {
            var milliseconds = _settings.MigrationWait.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
            await db.Database.ExecuteSqlAsync($"SELECT set_config('lock_timeout', {milliseconds}, false)", ct);
            // shard after shard: where a step changes rows of a cut table, Citus refuses a later step of the same transaction otherwise
            await db.Database.ExecuteSqlAsync(
                $"SELECT set_config('citus.multi_shard_modify_mode', 'sequential', false) WHERE to_regclass({Distribution.List}) IS NOT NULL",
                ct
            );
            await MigrateAsync(db, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new StorageException(
                $"The migration waited {Wait} for a table that other sessions are using and gave up; nothing was changed by the "
                    + $"step that waited. See pg_stat_activity, then run migrate again.",
                e
            );
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    public override async Task<IReadOnlyList<string>> MisplacedAsync(CancellationToken ct)
    {
        await using var session = await _data.OpenConnectionAsync(ct);
        return await Distribution.MisplacedAsync(session, ct);
    }

    protected override string DemandedColumns =>
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND is_nullable "
        + "= 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'";

    protected override async ValueTask CloseAsync()
    {
        await _statistics.DisposeAsync();
        await _data.DisposeAsync();
    }

    private string Wait => $"{_settings.MigrationWait.TotalSeconds:0.#} seconds";

    /// <summary>One migration at a time; a lock of a session, so it ends with a process that is killed.</summary>
    private async Task WaitForTurnAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection)
            {
                Parameters = { new() { Value = MigrationLock } },
            };
            if (await command.ExecuteScalarAsync(ct) is true)
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(began) > _settings.MigrationWait)
            {
                throw new StorageException(
                    $"Another process has been migrating this database for more than {Wait}. Wait for it to end, or find its "
                        + $"session in pg_locks (locktype advisory), then run migrate again."
                );
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), ct);
        }
    }

    private static void Default(NpgsqlConnectionStringBuilder given, string keyword, object value)
    {
        if (!given.ContainsKey(keyword) || !given.ShouldSerialize(keyword))
        {
            given[keyword] = value;
        }
    }
}
