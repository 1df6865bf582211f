using System.Diagnostics;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Seeding;
using UserManagement.Membership.Licensing;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>How long it takes to fill a database, and whether the core agrees with what came of it.</summary>
internal static class SeedSuite
{
    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        Told.Now.Line(
            $"{kind}: seeded rows against the rows of the acts: {await SeedCheck.RunAsync(postgres) ?? "the same, and the counts agree"}"
        );
        var members = options.Members ?? 100_000;
        var began = Stopwatch.GetTimestamp();
        await using var filled = await Filled.NewAsync(postgres, members, options.Group, isWithSmall: true);
        Told.Now.Line(
            $"{kind}: {Figures.Size(members)} members and {Filled.SmallWorkspaces} small workspaces in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"
        );
        for (var start = 1; start <= 2; start++)
        {
            began = Stopwatch.GetTimestamp();
            await filled.Database.Source.RekeyAsync(again: false, null, default);
            Told.Now.Line($"{kind}: keys of names at start {start} looked at in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.000} s");
        }

        var found = await new VerifyCounters(filled.Database.Store).RunAsync(default);
        Told.Now.Line(found.Count == 0 ? $"{kind}: verify finds nothing" : $"{kind}: verify finds {found.Count}: {found[0]}");
    }
}
