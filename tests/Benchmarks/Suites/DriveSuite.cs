using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>One measure against the server alone, round after round, for whoever looks with a profiler where the time goes.</summary>
internal static class DriveSuite
{
    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        await using var filled = await Filled.NewAsync(postgres, options.Members ?? 1000, 10, isWithSmall: true);
        using var host = await ServerProcess.StartHostAsync(filled.Database);
        TimeSpan OfDatabase() => postgres is null ? TimeSpan.Zero : CpuMeter.OfFamily(postgres.Postmaster);
        var target = new Target(host.Url, () => CpuMeter.Of(host.Id) + OfDatabase());
        var requests = new ScimRequests(filled, options.Workers);
        Told.Step(
            $"{kind}: server is process {host.Id}, the database's {postgres?.Postmaster}, at {filled.Database.Target.ConnectionString}"
        );
        foreach (var measure in CeilingSuite.Measures.Where(m => options.Wants(m.Name)))
        {
            for (var round = 0; round < (options.Rounds ?? 5); round++)
            {
                var (before, beforeDatabase) = (CpuMeter.Of(host.Id), OfDatabase());
                var result = await Load.ClosedAsync(target, measure.Next(requests), options.Workers, TimeSpan.FromSeconds(options.Seconds));
                var (server, database) = (CpuMeter.Of(host.Id) - before, OfDatabase() - beforeDatabase);
                var done = Math.Max(1, result.Latencies.Count);
                Told.Now.Line(
                    $"{kind} {measure.Name}: {result.PerSecond:0} requests/s, server {server.TotalMicroseconds / done:0} µs, database {database.TotalMicroseconds / done:0} µs a request, p99 {result.Percent(99).TotalMilliseconds:0.0} ms, {result.Errors} wrong {result.FirstError}"
                );
            }
        }
    }
}
