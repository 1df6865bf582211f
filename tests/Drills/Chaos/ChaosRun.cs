using System.Diagnostics;
using System.Globalization;
using UserManagement.Drills.Servers;
using UserManagement.Storage;
using UserManagement.Testing;

namespace UserManagement.Drills.Chaos;

/// <summary>
/// Random valid requests through all doors while limits, roles, licenses and the policy move under them; then the invariants.
/// On this machine alone, bounded in rate and time.
/// </summary>
internal sealed class ChaosRun(ChaosOptions options)
{
    private const int Workers = 8;
    private readonly Answers _answers = new();

    /// <summary>Runs it; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"seed {options.Seed}, {options.For.TotalMinutes} minutes, {options.Rate} acts a second at most, {(options.OnPostgres ? "PostgreSQL, two servers" : "SQLite, one server")}"
            )
        );
        var (data, connection) = (TestFolder.New(), options.OnPostgres ? await DatabaseAsync() : null);
        var build = new Build("chaos", options.Build, data, connection);
        await build.MustAsync("migrate");
        Access[] workspaces = [await build.OpenAsync("acme", "seats"), await build.OpenAsync("lic", "licensed")];
        var servers = new List<RunningServer>();
        for (var i = 0; i < (options.OnPostgres ? 2 : 1); i++)
        {
            servers.Add(await (build with { Name = $"server {i + 1}" }).ServeAsync());
        }

        foreach (var access in workspaces)
        {
            await build.AdminLinkAsync(access.Slug, $"keeper@{access.Slug}.test"); // an admin whom no worker knows by name, from the start
        }

        await using var source = MembershipSource.Of(
            new()
            {
                Provider = options.OnPostgres ? StorageProvider.Postgres : StorageProvider.Sqlite,
                ConnectionString = connection ?? $"Data Source={Path.Combine(data, "usermanagement.db")}",
            }
        );
        var invariants = new Invariants(source, _answers);
        using var end = new CancellationTokenSource(options.For);
        var clock = Stopwatch.StartNew();
        var watch = invariants.WatchAsync(end.Token);
        var plans = PlansAsync(build, workspaces, end.Token);
        await Task.WhenAll(
            Enumerable.Range(0, Workers).Select(i => WorkAsync(i, build, servers[i % servers.Count], workspaces[i / 2 % 2], end.Token))
        );
        await watch;
        await plans;
        foreach (var server in servers)
        {
            foreach (
                var line in server
                    .Printed.Split('\n')
                    .Where(l =>
                        l.Contains(" fail ", StringComparison.OrdinalIgnoreCase)
                        || l.Contains(" crit ", StringComparison.OrdinalIgnoreCase)
                        || l.Contains("Exception", StringComparison.Ordinal)
                    )
                    .Take(10)
            )
            {
                _answers.Wrong($"{server.Build.Name} logged: {line}");
            }

            await server.DisposeAsync();
        }

        await invariants.CheckAsync();
        var (code, printed) = await build.RunAsync("verify");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{clock.Elapsed.TotalSeconds:0} s\n{_answers.Table()}\nverify: {printed.Trim()}\n{invariants.Told}"
            )
        );
        if (code != 0)
        {
            _answers.Wrong($"verify ended with {code}");
        }

        foreach (var wrong in _answers.Wrongs.Take(60))
        {
            Console.WriteLine("WRONG " + wrong);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_answers.Wrongs.Count} wrong; again with --seed {options.Seed}"));
        return _answers.Wrongs.Count == 0 ? 0 : 1;
    }

    private static async Task<string> DatabaseAsync()
    {
        await PostgresCluster.ExecuteAsync("drop database if exists chaos with (force)", "create database chaos");
        return await PostgresCluster.ConnectionStringAsync("chaos");
    }

    /// <summary>The operator moves the limits, now and then.</summary>
    private async Task PlansAsync(Build build, IReadOnlyList<Access> workspaces, CancellationToken ct)
    {
        var random = new Random(unchecked((options.Seed * 31) - 1));
        string Limit(int least, int most) => random.Next(4) == 0 ? "none" : random.Next(least, most).ToString(CultureInfo.InvariantCulture);
        while (!ct.IsCancellationRequested)
        {
            string[] set =
                random.Next(3) == 0
                    ? ["lic", "--pools", $"pro={Limit(1, 60)}", "--slots", Limit(5, 200)]
                    : ["acme", "--seats", Limit(1, 60), "--mails-per-day", Limit(50, 5000)];
            if (workspaces.Any(w => w.Slug == set[0]))
            {
                _ = await build.RunAsync(["workspace", "plan", "set", .. set]); // it may find others busy
            }

            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(2), ct));
        }
    }

    private async Task WorkAsync(int number, Build build, RunningServer server, Access access, CancellationToken ct)
    {
        using var caller = new Caller(server, access, _answers);
        var acts = new ChaosActs(
            new(unchecked((options.Seed * 31) + number)),
            caller,
            access.Slug,
            number,
            async () =>
            {
                if (await build.TryAdminLinkAsync(access.Slug, $"admin{number}@{access.Slug}.test") is not { } link)
                {
                    return false;
                }

                await caller.EnterAsync(new Uri(server.Url, new Uri(link).PathAndQuery).ToString());
                return true;
            }
        );
        var pause = 2000.0 * Workers / options.Rate;
        var random = new Random(number);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await acts.OneAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * pause), ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is InvalidOperationException or NullReferenceException or ArgumentException or KeyNotFoundException)
            {
                _answers.Wrong(
                    $"worker {number}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Chaos", StringComparison.Ordinal))?.Trim()}"
                );
            }
        }
    }
}
