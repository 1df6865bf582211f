using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Seeding;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// The SCIM door beside the bare ceiling, at two sizes: four servers take turns at each measure, and what is told are
/// medians of the ratios of each round.
/// </summary>
internal static class CeilingSuite
{
    private const double Flat = 1.2;

    // The compiler needs calls and time to bring hot code to its best form, the more the more code a request goes through: a
    // measure begins when three turns in a row made a request hardly cheaper.
    private static readonly TimeSpan WarmTurn = TimeSpan.FromSeconds(2.5);
    private const int CalmTurns = 3;
    private const int MostWarmTurns = 24;
    private const double HardlyCheaper = 0.93;

    /// <param name="Name">For people.</param>
    /// <param name="Reach">The least part of the ceiling's requests per second on PostgreSQL; null for none named.</param>
    /// <param name="ReachOnSqlite">The same on SQLite.</param>
    /// <param name="Next">A worker's next request.</param>
    internal sealed record Measure(
        string Name,
        double? Reach,
        double? ReachOnSqlite,
        Func<ScimRequests, Func<int, ReadOnlyMemory<byte>>> Next
    );

    internal static readonly Measure[] Measures =
    [
        new("GET /Users/{id}", 0.65, 0.60, r => r.ById),
        new("filter userName eq", 0.65, 0.60, r => r.ByUserName),
        new("POST over 40 workspaces", 0.50, 0.45, r => r.CreateInForty),
        new("POST into one workspace", null, null, r => r.CreateInOne),
        new("PATCH active over 40 workspaces", 0.55, null, r => r.SwitchInForty),
        new("PATCH active in one workspace", null, null, r => r.SwitchInOne),
        new("first page of 100 with totalResults", 0.75, null, r => r.FirstPage),
    ];

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        Told.Now.Line(
            $"{kind}: seeded rows against the rows of the acts: {await SeedCheck.RunAsync(postgres) ?? "the same, and the counts agree"}"
        );
        await using var small = await CeilingSide.NewAsync(postgres, options.Small, 10, options);
        await using var large = await CeilingSide.NewAsync(
            postgres,
            options.Members ?? (kind == Database.Postgres ? 1_000_000 : 100_000),
            options.Group,
            options
        );
        Told.Now.Line($"{kind}: answers of server and ceiling: {await small.CompareAnswersAsync()}");

        var wanted = Measures
            .Where(m => options.Wants(m.Name) && (options.Suite != "all" || kind == Database.Postgres || m.ReachOnSqlite is not null))
            .ToList();
        var rounds = wanted.ToDictionary(m => m, _ => new List<Round>());
        var seconds = TimeSpan.FromSeconds(options.Seconds);
        foreach (var measure in wanted)
        {
            Told.Step($"{kind}: warming up {measure.Name}");
            foreach (var side in new[] { small, large })
            {
                await WarmAsync(side.Bare, measure.Next(side.BareRequests), options.Workers);
                await WarmAsync(side.Host, measure.Next(side.HostRequests), options.Workers);
            }
        }

        for (var round = 0; round < (options.Rounds ?? 3); round++)
        {
            foreach (var measure in wanted)
            {
                var result = new Round(
                    await Load.ClosedAsync(small.Bare, measure.Next(small.BareRequests), options.Workers, seconds),
                    await Load.ClosedAsync(small.Host, measure.Next(small.HostRequests), options.Workers, seconds),
                    await Load.ClosedAsync(large.Bare, measure.Next(large.BareRequests), options.Workers, seconds),
                    await Load.ClosedAsync(large.Host, measure.Next(large.HostRequests), options.Workers, seconds)
                );
                foreach (var wrong in result.All.Where(r => r.Errors > 0))
                {
                    Told.Now.Line(
                        $"{measure.Name}: {wrong.Errors} wrong answers of {wrong.Errors + wrong.Latencies.Count}: {wrong.FirstError}"
                    );
                }

                rounds[measure].Add(result);
            }

            Told.Step($"{kind}: round {round + 1} done");
        }

        Told.Now.Line(AgainstCeiling(kind, small, large, rounds));
        Told.Now.Line(AcrossSizes(kind, small, large, rounds));
        if (options.Suite != "all" || kind == Database.Postgres)
        {
            await MoreMeasures.RunAsync(options, kind, small, large);
        }

        Told.Now.Line(
            $"{kind}: counts and rows after the run: {((await new Membership.Licensing.VerifyCounters(small.Filled.Database.Store).RunAsync(default)).Count is 0 ? "agree" : "DIFFER")} (small database)"
        );
    }

    private static async Task WarmAsync(Target target, Func<int, ReadOnlyMemory<byte>> next, int workers)
    {
        var least = double.MaxValue;
        for (var (turn, calm) = (0, 0); turn < MostWarmTurns && calm < CalmTurns; turn++)
        {
            var cost = (await Load.ClosedAsync(target, next, workers, WarmTurn)).CpuMicroseconds;
            calm = cost > least * HardlyCheaper ? calm + 1 : 0;
            least = Math.Min(least, cost);
        }
    }

    private static MarkdownTable AgainstCeiling(
        Database kind,
        CeilingSide small,
        CeilingSide large,
        Dictionary<Measure, List<Round>> rounds
    )
    {
        var table = new MarkdownTable(
            $"{kind}: server against ceiling",
            "members",
            "ceiling req/s",
            "server req/s",
            "part of ceiling",
            "reach",
            "reached",
            "ceiling CPU µs",
            "server CPU µs",
            "CPU part",
            "server p99 ms"
        );
        foreach (var (measure, all) in rounds)
        {
            Add(small, r => (r.SmallBare, r.SmallHost));
            Add(large, r => (r.LargeBare, r.LargeHost));

            void Add(CeilingSide side, Func<Round, (LoadResult Bare, LoadResult Host)> of)
            {
                var pairs = all.Select(of).ToList();
                var part = Figures.Median(pairs.Select(p => p.Host.PerSecond / p.Bare.PerSecond));
                var reach = kind == Database.Postgres ? measure.Reach : measure.ReachOnSqlite;
                table.Add(
                    measure.Name,
                    Figures.Size(side.Filled.Main.Members),
                    Figures.Number(Figures.Median(pairs.Select(p => p.Bare.PerSecond))),
                    Figures.Number(Figures.Median(pairs.Select(p => p.Host.PerSecond))),
                    Figures.Number(part),
                    reach is { } least ? Figures.Number(least) : "",
                    Figures.Verdict(part, reach, null),
                    Figures.Number(Figures.Median(pairs.Select(p => p.Bare.CpuMicroseconds))),
                    Figures.Number(Figures.Median(pairs.Select(p => p.Host.CpuMicroseconds))),
                    Figures.Number(Figures.Median(pairs.Select(p => p.Bare.CpuMicroseconds / p.Host.CpuMicroseconds))),
                    Figures.Number(Figures.Median(pairs.Select(p => p.Host.Percent(99).TotalMilliseconds)))
                );
            }
        }

        return table;
    }

    private static MarkdownTable AcrossSizes(Database kind, CeilingSide small, CeilingSide large, Dictionary<Measure, List<Round>> rounds)
    {
        var table = new MarkdownTable(
            $"{kind}: {Figures.Size(large.Filled.Main.Members)} members against {Figures.Size(small.Filled.Main.Members)}",
            "server, time per request",
            "server, CPU per request",
            $"at most {Flat}",
            "ceiling, time",
            "ceiling, CPU"
        );
        foreach (var (measure, all) in rounds)
        {
            var time = Figures.Median(all.Select(r => r.SmallHost.PerSecond / r.LargeHost.PerSecond));
            table.Add(
                measure.Name,
                Figures.Number(time),
                Figures.Number(Figures.Median(all.Select(r => r.LargeHost.CpuMicroseconds / r.SmallHost.CpuMicroseconds))),
                Figures.Verdict(time, null, Flat),
                Figures.Number(Figures.Median(all.Select(r => r.SmallBare.PerSecond / r.LargeBare.PerSecond))),
                Figures.Number(Figures.Median(all.Select(r => r.LargeBare.CpuMicroseconds / r.SmallBare.CpuMicroseconds)))
            );
        }

        return table;
    }

    private sealed record Round(LoadResult SmallBare, LoadResult SmallHost, LoadResult LargeBare, LoadResult LargeHost)
    {
        public IEnumerable<LoadResult> All => [SmallBare, SmallHost, LargeBare, LargeHost];
    }
}
