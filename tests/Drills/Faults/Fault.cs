using System.Diagnostics;
using System.Globalization;
using Npgsql;
using UserManagement.Testing;

namespace UserManagement.Drills.Faults;

/// <summary>What breaks while clients write, and is mended again.</summary>
/// <param name="Row">The drill's number: R1 and so on.</param>
/// <param name="What">What breaks.</param>
/// <param name="Who">Who had to act.</param>
/// <param name="BreakAsync">Breaks it and mends it; says what is worth saying.</param>
internal sealed record Fault(string Row, string What, string Who, Func<Stand, Task<string>> BreakAsync)
{
    /// <summary>Whether on PostgreSQL; else on SQLite.</summary>
    public bool IsOnPostgres { get; init; } = true;

    /// <summary>How many servers.</summary>
    public int Servers { get; init; } = 1;

    /// <summary>The size of the file system on which the database lies; null for the machine's own.</summary>
    public int? DiskMib { get; init; }

    /// <summary>What is added to the connection string.</summary>
    public string Connection { get; init; } = "";

    /// <summary>Further settings of the servers.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Where clients send to instead of the servers themselves; null for those.</summary>
    public Func<Stand, Task<(Uri Address, IDisposable Proxy)>>? BeforeAsync { get; init; }

    /// <summary>Whether an answer that never came, or another than 201 and 503, is a fault of the server.</summary>
    public bool ToleratesUnknown { get; init; }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("R1", "the server, killed four times (SQLite)", "a supervisor starts it", KillAsync)
        {
            IsOnPostgres = false,
            ToleratesUnknown = true,
        },
        new("R1", "the server, killed four times (PostgreSQL)", "a supervisor starts it", KillAsync) { ToleratesUnknown = true },
        new("R2", "one of two servers behind HAProxy killed, later the other stopped (SIGTERM)", "a supervisor starts them", OneOfTwoAsync)
        {
            Servers = 2,
            BeforeAsync = Haproxy.StartAsync,
            ToleratesUnknown = true,
        },
        new("R8", "the database's disk is full (PostgreSQL)", "somebody frees it; PostgreSQL is started where it ended", FullAsync)
        {
            DiskMib = 200,
        },
        new("R8", "the data folder's disk is full (SQLite)", "somebody frees it", FullFileAsync) { IsOnPostgres = false, DiskMib = 64 },
        new("R9", "a lock on the counts for 15 s, four connections for eight clients", "nobody", LockAsync)
        {
            Connection = ";Maximum Pool Size=4",
        },
        new("R10", "PostgreSQL stopped (SIGSTOP) for 20 s", "nobody", StopAsync),
        new("R10", "PostgreSQL killed and started after 3 s", "a supervisor starts it", DatabaseAsync),
        new("R21", "the server stopped (SIGTERM) twenty times under load", "a supervisor starts it", TermAsync),
    ];

    private static async Task<string> KillAsync(Stand stand)
    {
        var longest = TimeSpan.Zero;
        for (var i = 0; i < 4; i++)
        {
            await Task.Delay(Random.Shared.Next(1000, 4000));
            await stand.Servers[0].SignalAsync("KILL");
            await stand.Servers[0].EndAsync();
            var took = await stand.StartAgainAsync(0);
            longest = took > longest ? took : longest;
        }

        return Text($"ready again after {longest.TotalSeconds:0.0} s at most");
    }

    private static async Task<string> OneOfTwoAsync(Stand stand)
    {
        await stand.Servers[0].SignalAsync("KILL");
        await stand.Servers[0].EndAsync();
        await Task.Delay(4000);
        await stand.StartAgainAsync(0);
        await Task.Delay(4000); // the proxy sends to it again
        var clock = Stopwatch.StartNew();
        await stand.Servers[1].SignalAsync("TERM");
        var code = await stand.Servers[1].EndAsync();
        var took = clock.Elapsed;
        await stand.StartAgainAsync(1);
        return Text($"SIGTERM: exit code {code} after {took.TotalSeconds:0.0} s");
    }

    private static async Task<string> FullAsync(Stand stand)
    {
        await stand.PostgresAsync("fill");
        await Task.Delay(8000);
        await stand.PostgresAsync("free");
        try
        {
            await using var connection = new NpgsqlConnection(stand.Product.Postgres + ";Pooling=false;Timeout=5");
            await connection.OpenAsync();
            return "PostgreSQL went on";
        }
        catch (NpgsqlException)
        {
            await stand.PostgresAsync("start");
            return "PostgreSQL had ended and was started";
        }
    }

    private static async Task<string> FullFileAsync(Stand stand)
    {
        var filler = Path.Combine(stand.Product.Data, "filler");
        await Stand.RunAsync("sh", ["-c", $"dd if=/dev/zero of={filler} bs=64k 2>/dev/null || true"]);
        await Task.Delay(8000);
        File.Delete(filler);
        return "";
    }

    private static async Task<string> LockAsync(Stand stand)
    {
        await using var connection = new NpgsqlConnection(stand.Product.Postgres + ";Pooling=false");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("LOCK TABLE tallies IN ACCESS EXCLUSIVE MODE", connection, transaction);
        await hold.ExecuteNonQueryAsync();
        await Task.Delay(15_000);
        await transaction.RollbackAsync();
        return "";
    }

    private static async Task<string> StopAsync(Stand stand)
    {
        await stand.PostgresAsync("stop");
        await Task.Delay(20_000);
        await stand.PostgresAsync("cont");
        return "";
    }

    private static async Task<string> DatabaseAsync(Stand stand)
    {
        await stand.PostgresAsync("kill");
        await Task.Delay(3000);
        await stand.PostgresAsync("start");
        return "";
    }

    private static async Task<string> TermAsync(Stand stand)
    {
        var (longest, codes) = (TimeSpan.Zero, new SortedSet<int>());
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(Random.Shared.Next(300, 1000));
            var clock = Stopwatch.StartNew();
            await stand.Servers[0].SignalAsync("TERM");
            codes.Add(await stand.Servers[0].EndAsync());
            longest = clock.Elapsed > longest ? clock.Elapsed : longest;
            await stand.StartAgainAsync(0);
        }

        return Text($"exit codes {string.Join(", ", codes)}, after {longest.TotalSeconds:0.0} s at most");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
