using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using UserManagement.Drills.Failover;
using UserManagement.Drills.Servers;
using UserManagement.Testing;

namespace UserManagement.Drills.Faults;

/// <summary>A drill whose figures are its own.</summary>
/// <param name="Row">The drill's number.</param>
/// <param name="What">What is done.</param>
/// <param name="RunAsync">Runs it once on a published build; what is wrong goes to the second argument.</param>
internal sealed record Special(string Row, string What, Func<string, Action<string>, Task<string>> RunAsync)
{
    private static readonly Fault OnPostgres = new("", "", "", _ => Task.FromResult(""));

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Special> All { get; } =
    [
        new("R5", "200 at once want ten seats by two servers", OversellAsync),
        new("R13", "migrations killed at random moments", MigrationAsync),
        new("R15", "SQLite, the power is cut five times", PowerCutAsync),
        new("R19", "one workspace asks without end", NoisyAsync),
    ];

    /// <summary>Ten rounds: 200 people at once for ten seats, by both servers; the count of seats is looked at all the while.</summary>
    private static async Task<string> OversellAsync(string build, Action<string> wrong)
    {
        await using var stand = await Stand.StartAsync(build, OnPostgres with { Row = "R5", Servers = 2 });
        var (most, looks, last) = (0L, 0, 0L);
        for (var round = 0; round < 10; round++)
        {
            var access = await stand.Product.OpenAsync($"w{round}", "seats");
            await stand.Product.MustAsync("workspace", "plan", "set", access.Slug, "--seats", "10");
            using var end = new CancellationTokenSource();
            var watch = WatchAsync(end.Token);
            await Task.WhenAll(
                Enumerable.Range(0, 200).Select(i => PostAsync(stand.Servers[i % 2].Url, access, $"p{i}@{access.Slug}.test"))
            );
            await end.CancelAsync();
            await watch;
            last = await SeatsAsync(access.Slug);
            if (most > 10 || last != 10)
            {
                wrong($"R5: {last} of 10 seats are taken, and {most} once were");
            }

            async Task WatchAsync(CancellationToken ct)
            {
                while (!ct.IsCancellationRequested)
                {
                    (most, looks) = (Math.Max(most, await SeatsAsync(access.Slug)), looks + 1);
                    await Task.Delay(20, CancellationToken.None);
                }
            }
        }

        if (await stand.Product.RunAsync("verify") is (not 0, var printed))
        {
            wrong("R5: " + printed);
        }

        return Text($"ten rounds, {most} of 10 seats at most in {looks} looks, {last} at the end");

        async Task<long> SeatsAsync(string slug)
        {
            await using var connection = new NpgsqlConnection(stand.Product.Postgres);
            await connection.OpenAsync();
            await using var asked = new NpgsqlCommand(
                "select coalesce(sum(case when m.has_seat then 1 else 0 end), 0) from members m join workspaces w on w.id = m.workspace_id where w.slug = $1",
                connection
            )
            {
                Parameters = { new() { Value = slug } },
            };
            return (long)(await asked.ExecuteScalarAsync())!;
        }
    }

    /// <summary>A database of the earlier build (OLD_BUILD); ten times a migration is killed, then two servers start at once.</summary>
    private static async Task<string> MigrationAsync(string build, Action<string> wrong)
    {
        var older =
            Environment.GetEnvironmentVariable("OLD_BUILD") ?? throw new InvalidOperationException("OLD_BUILD names the earlier build.");
        var told = new List<string>();
        foreach (var isOnPostgres in new[] { true, false })
        {
            await using var stand = await Stand.StartAsync(older, OnPostgres with { Row = "R13", IsOnPostgres = isOnPostgres });
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => PostAsync(stand.Servers[0].Url, stand.Access, $"p{i}@acme.test")));
            await stand.Servers[0].DisposeAsync();
            var newer = stand.Product with { Folder = build };
            for (var i = 0; i < 10; i++)
            {
                await newer.KilledAsync(TimeSpan.FromMilliseconds(Random.Shared.Next(200, 4000)), "migrate");
            }

            var clock = Stopwatch.StartNew();
            await newer.MustAsync("migrate");
            var took = clock.Elapsed;
            var first = newer.ServeAsync();
            var servers = isOnPostgres ? await Task.WhenAll(first, newer.ServeAsync()) : [await first];
            var there = await new Writers([servers[0].Url], stand.Access, new()).ThereAsync();
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }

            var (code, printed) = await newer.RunAsync("verify");
            if (there.Count != 200 || code != 0 || took > TimeSpan.FromSeconds(60))
            {
                wrong(Text($"R13: {there.Count} of 200 are there, the last migration took {took.TotalSeconds:0} s, verify: {printed}"));
            }

            told.Add(
                Text(
                    $"{(isOnPostgres ? "PostgreSQL" : "SQLite")}: ten kills, the next one took {took.TotalSeconds:0.0} s, {200 - there.Count} of 200 lost"
                )
            );
        }

        return string.Join("; ", told);
    }

    /// <summary>The file system's image is copied while the server stands still: what was not written to it is not in the copy.</summary>
    private static async Task<string> PowerCutAsync(string build, Action<string> wrong)
    {
        var folder = TestFolder.New();
        string image = Path.Combine(folder, "disk"),
            cut = Path.Combine(folder, "cut"),
            data = Path.Combine(folder, "data"),
            after = Path.Combine(folder, "after");
        Directory.CreateDirectory(data);
        Directory.CreateDirectory(after);
        await Stand.RunAsync("sh", ["-c", $"truncate -s 400M {image} && mkfs.ext4 -q {image} && mount -o loop {image} {data}"]);
        var (acknowledged, lost) = (0, 0);
        try
        {
            var product = new Build("R15", build, data, null);
            await product.MustAsync("migrate");
            var access = await product.OpenAsync("acme", "licensed");
            await using var server = await product.ServeAsync();
            var (ledger, clock) = (new Ledger(), Stopwatch.StartNew());
            using var end = new CancellationTokenSource();
            var clients = new Writers([server.Url], access, ledger).RunAsync(8, clock, end.Token);
            for (var i = 0; i < 5; i++)
            {
                await Task.Delay(Random.Shared.Next(1000, 3000));
                await server.SignalAsync("STOP");
                await Task.Delay(300); // answers that were sent have come
                var before = ledger.Lines.Where(l => l.Ending == Ending.Acknowledged).Select(l => l.UserName).ToList();
                await Stand.RunAsync("cp", ["--sparse=always", image, cut]);
                await server.SignalAsync("CONT");
                await Stand.RunAsync("mount", ["-o", "loop", cut, after]);
                try
                {
                    var again = product with { Data = after };
                    HashSet<string> there;
                    await using (var found = await again.ServeAsync())
                    {
                        there = (await new Writers([found.Url], access, new()).ThereAsync()).ToHashSet(StringComparer.Ordinal);
                    }

                    (acknowledged, lost) = (acknowledged + before.Count, lost + before.Count(n => !there.Contains(n)));
                    if (await again.RunAsync("verify") is (not 0, var printed))
                    {
                        wrong("R15: " + printed);
                    }
                }
                finally
                {
                    await Stand.RunAsync("umount", ["-l", after]);
                }
            }

            await end.CancelAsync();
            await clients;
        }
        finally
        {
            await Stand.RunAsync("umount", ["-l", data]);
        }

        if (lost > 0)
        {
            wrong(Text($"R15: {lost} acknowledged writes are not in the copies"));
        }

        return Text($"5 of 5 came up, {acknowledged} acknowledged before the cuts, {lost} lost");
    }

    /// <summary>How long another workspace's reads take, at rest and while one asks as fast as it can.</summary>
    private static async Task<string> NoisyAsync(string build, Action<string> wrong)
    {
        await using var stand = await Stand.StartAsync(
            build,
            OnPostgres with
            {
                Row = "R19",
                Settings = ["--Scim:RequestsPerSecond", "25"],
            }
        );
        var quiet = await stand.Product.OpenAsync("quiet", "licensed");
        var url = stand.Servers[0].Url;
        await PostAsync(url, quiet, "warm@quiet.test");
        var idle = await TimesAsync(url, quiet);
        using var end = new CancellationTokenSource();
        var (asked, refused) = (0, 0);
        var noise = Enumerable
            .Range(0, 32)
            .Select(async i =>
            {
                for (var n = 0; !end.IsCancellationRequested; n++)
                {
                    var status = await PostAsync(url, stand.Access, $"n{i}-{n}@acme.test");
                    Interlocked.Increment(ref asked);
                    if (status == HttpStatusCode.TooManyRequests)
                    {
                        Interlocked.Increment(ref refused);
                        await Task.Delay(20);
                    }
                }
            });
        var all = Task.WhenAll(noise.ToList());
        await Task.Delay(1000);
        var loud = await TimesAsync(url, quiet);
        await end.CancelAsync();
        await all;
        if (refused == 0)
        {
            wrong("R19: nobody was told 429");
        }

        return Text(
            $"p99 of the other: {idle:0} ms at rest, {loud:0} ms beside {asked} requests in 11 s, of which {refused} were told 429"
        );
    }

    private static async Task<double> TimesAsync(Uri url, Access access)
    {
        var (times, clock) = (new List<double>(), Stopwatch.StartNew());
        for (var n = 0; clock.Elapsed < TimeSpan.FromSeconds(10); n++)
        {
            var one = Stopwatch.StartNew();
            await PostAsync(url, access, $"q{Guid.CreateVersion7()}@{access.Slug}.test");
            times.Add(one.Elapsed.TotalMilliseconds);
            await Task.Delay(60);
        }

        times.Sort();
        return times[(int)(times.Count * 0.99)];
    }

    private static async Task<HttpStatusCode> PostAsync(Uri server, Access access, string name)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", access.Token);
        var user = new JsonObject
        {
            ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:User"),
            ["userName"] = name,
            ["active"] = true,
        };
        using var body = new StringContent(user.ToJsonString(), Encoding.UTF8, "application/scim+json");
        using var answer = await http.PostAsync(new Uri(server, $"/scim/v2/{access.Slug}/Users"), body);
        return answer.StatusCode;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
