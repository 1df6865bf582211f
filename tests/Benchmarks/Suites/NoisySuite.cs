using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// What forty quiet workspaces notice of a noisy one: the same hundred requests a second alone, and while one token sends a
/// thousand a second. The server limits tokens as it does by default.
/// </summary>
internal static class NoisySuite
{
    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        await using var filled = await Filled.NewAsync(postgres, options.Members ?? 1000, 10, isWithSmall: true);
        using var host = await ServerProcess.StartHostAsync(filled.Database, isLimited: true);
        var target = new Target(host.Url, () => CpuMeter.Of(host.Id));
        var (quiet, noisy) = (new ScimRequests(filled, 100), new ScimRequests(filled, 100));
        var length = TimeSpan.FromSeconds(options.Seconds * 3);
        await Task.WhenAll(QuietAsync(), FloodAsync()); // warm
        List<double> alone = [],
            beside = [],
            served = [],
            refused = [];
        var wrong = 0;
        for (var round = 0; round < (options.Rounds ?? 3); round++)
        {
            var calm = await QuietAsync();
            alone.Add(calm.Percent(99).TotalMilliseconds);
            var flood = FloodAsync();
            var harmed = await QuietAsync();
            beside.Add(harmed.Percent(99).TotalMilliseconds);
            wrong += calm.Errors + harmed.Errors;
            var noise = await flood;
            served.Add(noise.PerSecond);
            refused.Add(noise.Errors / noise.Elapsed.TotalSeconds);
        }

        var table = new MarkdownTable($"{kind}: a noisy workspace", "figure");
        table.Add("p99 of the quiet ones alone, ms", Figures.Number(Figures.Median(alone)));
        table.Add("p99 of the quiet ones beside the flood, ms", Figures.Number(Figures.Median(beside)));
        table.Add("wrong answers to the quiet ones", Figures.Number(wrong));
        table.Add("requests/s of the flood that were served", Figures.Number(Figures.Median(served)));
        table.Add("requests/s of the flood that were refused", Figures.Number(Figures.Median(refused)));
        Told.Now.Line(table);

        Task<LoadResult> QuietAsync() => Load.OpenAsync(target, quiet.Mixed, 100, 20, length);
        Task<LoadResult> FloodAsync() => Load.OpenAsync(target, noisy.ByUserName, 1000, 50, length);
    }
}
