using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using UserManagement.Membership.Access;
using UserManagement.Membership.Workspaces;
using UserManagement.Storage.Postgres;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Storage.Tests;

/// <summary>
/// <c>deploy/citus/distribute.sql</c> by psql on a plain PostgreSQL with a stand-in for Citus's names: order, idempotence and refusals. That
/// Citus does what its names say is shown on a cluster, not here.
/// </summary>
public sealed class CitusTests
{
    private const string Begin = "-- places: begin\n";
    private const string End = "-- places: end\n";

    private static readonly string Script = Repository.At("deploy", "citus", "distribute.sql");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>With USERMANAGEMENT_TEST_RENEW=1 the list in the script is written anew.</summary>
    [Fact]
    public async Task The_script_has_the_list_of_the_code()
    {
        var lines = TablePlaces.All.Select(
            (t, i) => string.Create(CultureInfo.InvariantCulture, $"    ({i + 1}, '{t.Table}', '{t.Place.ToString().ToLowerInvariant()}')")
        );
        var list = string.Join(",\n", lines) + "\n";
        var script = await File.ReadAllTextAsync(Script, Ct);
        var (from, to) = (script.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, script.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("USERMANAGEMENT_TEST_RENEW") == "1")
        {
            await File.WriteAllTextAsync(Script, script[..from] + list + script[to..], Ct);
            return;
        }

        Assert.Equal(list, script[from..to]);
    }

    [Fact]
    public async Task The_script_brings_each_table_to_its_place_and_does_nothing_the_second_time()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await new CreateWorkspace(database.Store()).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct);
        Assert.Empty(await database.Source.MisplacedAsync(Ct));
        var (code, said) = await PsqlAsync(database);
        Assert.Equal(3, code);
        Assert.Contains("no Citus", said, StringComparison.Ordinal);

        await CitusStandIn.PutAsync(database, isCut: false);
        Assert.Empty(await database.Source.MisplacedAsync(Ct)); // installed, and nothing is cut
        (code, said) = await PsqlAsync(database);
        Assert.True(code == 0, said);
        Assert.Empty(await database.Source.MisplacedAsync(Ct));
        var calls = await AskAsync(database, "SELECT call FROM stand_in_calls WHERE call NOT LIKE 'truncate %' ORDER BY number");
        Assert.Equal(
            TablePlaces
                .All.Select(t => $"{t.Place.ToString().ToLowerInvariant()} {t.Table}")
                .Where(c => c is not ("local oidc_grants" or "local oidc_tokens")), // they come with what they refer to
            calls
        );
        var emptied = await AskAsync(database, "SELECT call FROM stand_in_calls WHERE call LIKE 'truncate %'");
        Assert.Contains("truncate workspaces", emptied);
        Assert.DoesNotContain(emptied, c => TablePlaces.Of(c.Split(' ')[1]) == TablePlace.Local);

        await AskAsync(database, "DELETE FROM stand_in_calls RETURNING call");
        (code, said) = await PsqlAsync(database);
        Assert.True(code == 0, said);
        Assert.Empty(await AskAsync(database, "SELECT call FROM stand_in_calls WHERE call NOT LIKE 'truncate %'"));
        Assert.Contains("audit_entries_stay", await AskAsync(database, "SELECT tgname::text FROM pg_trigger WHERE tgenabled = 'O'"));
    }

    /// <summary>A table of a later migration, one that was distributed by somebody else, a worker that logs people.</summary>
    [Fact]
    public async Task What_is_amiss_is_said()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        await CitusStandIn.PutAsync(database, isCut: false);
        await RefusedAsync(database, "ALTER DATABASE {0} SET stand_in.worker_logs TO error", "log_min_error_statement = panic");
        await RefusedAsync(
            database,
            "ALTER DATABASE {0} RESET stand_in.worker_logs; CREATE TABLE forgotten (id int)",
            "does not know: forgotten"
        );
        await RefusedAsync(
            database,
            "DROP TABLE forgotten; SELECT create_distributed_table('members', 'workspace_id', colocate_with => 'none'); "
                + "SELECT create_distributed_table('grants', 'workspace_id', colocate_with => 'none'); "
                + "UPDATE pg_dist_partition SET colocationid = 9 WHERE logicalrelid = 'grants'::regclass",
            "grants does not lie with members"
        );
        await AskAsync(
            database,
            "UPDATE pg_dist_partition SET colocationid = 2 WHERE colocationid = 9 RETURNING 'x'",
            "DELETE FROM pg_dist_partition WHERE logicalrelid IN ('webhooks'::regclass, 'marks'::regclass) RETURNING 'x'"
        );
        Assert.Equal(
            ["marks is unknown to Citus and not a managed local table", "webhooks is unknown to Citus and not distributed"],
            await database.Source.MisplacedAsync(Ct)
        );
        var (code, said) = await PsqlAsync(database);
        Assert.True(code == 0, said);
        Assert.Empty(await database.Source.MisplacedAsync(Ct));
    }

    /// <summary>A server notices with its next session; then commits are of one workspace, and rows go as VALUES.</summary>
    [Fact]
    public async Task A_session_tells_whether_the_tables_are_cut()
    {
        await using var database = await TestDatabase.NewAsync(Database.Postgres);
        Assert.False(await IsDistributedAsync(database));
        await CitusStandIn.PutAsync(database, isCut: false);
        Assert.False(await IsDistributedAsync(database));
        var (code, said) = await PsqlAsync(database);
        Assert.True(code == 0, said);
        Assert.True(await IsDistributedAsync(database));
        await database.Source.MigrateAsync(Ct); // with a setting that only Citus knows
    }

    private static async Task<bool> IsDistributedAsync(TestDatabase database)
    {
        await using var source = database.Target.NewSource();
        await using var db = source.Open();
        await db.Database.OpenConnectionAsync(Ct);
        return db.IsDistributed;
    }

    private static async Task RefusedAsync(TestDatabase database, string amiss, string saying)
    {
        var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database!;
        foreach (var one in amiss.Split("; "))
        {
            await AskAsync(database, string.Format(CultureInfo.InvariantCulture, one, name));
        }

        var (code, said) = await PsqlAsync(database);
        Assert.Equal(3, code);
        Assert.Contains(saying, said, StringComparison.Ordinal);
    }

    private static async Task<List<string>> AskAsync(TestDatabase database, params string[] statements)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Ct);
        var found = new List<string>();
        foreach (var sql in statements)
        {
            await using var command = new NpgsqlCommand(sql, connection) { AllResultTypesAreUnknown = true };
            await using var rows = await command.ExecuteReaderAsync(Ct);
            while (await rows.ReadAsync(Ct))
            {
                found.Add(rows.GetString(0));
            }
        }

        return found;
    }

    private static async Task<(int Code, string Said)> PsqlAsync(TestDatabase database)
    {
        var to = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var start = new ProcessStartInfo(Psql()) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var one in new[] { "-X", "-d", to.Database!, "-f", Script })
        {
            start.ArgumentList.Add(one);
        }

        (start.Environment["PGHOST"], start.Environment["PGUSER"]) = (to.Host, to.Username);
        start.Environment["PGPORT"] = to.Port.ToString(CultureInfo.InvariantCulture);
        start.Environment["PGPASSWORD"] = to.Password;
        using var psql = Process.Start(start)!;
        var said = await Task.WhenAll(psql.StandardOutput.ReadToEndAsync(Ct), psql.StandardError.ReadToEndAsync(Ct));
        await psql.WaitForExitAsync(Ct);
        return (psql.ExitCode, string.Concat(said));
    }

    private static string Psql() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetFiles("/usr/lib/postgresql", "psql", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last()
            : "psql";
}
