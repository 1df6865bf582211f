using UserManagement.Benchmarks;
using UserManagement.Benchmarks.Ceiling;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Suites;
using UserManagement.Testing;

if (args is ["serve-bare", ..])
{
    await BareServer.RunAsync(args);
    return 0;
}

if (args is ["serve-bare-provider", ..])
{
    await BareProvider.RunAsync(args);
    return 0;
}

if (BenchOptions.Read(args, out var wrong) is not { } options)
{
    Console.WriteLine(wrong.Length > 0 ? wrong + "\n\n" + BenchOptions.Usage : BenchOptions.Usage);
    return wrong.Length > 0 ? 2 : 0;
}

Func<BenchOptions, Database, Task>[] suites = options.Suite switch
{
    "flat" => [FlatSuite.RunAsync],
    "ceiling" => [CeilingSuite.RunAsync],
    "seed" => [SeedSuite.RunAsync],
    "drive" => [DriveSuite.RunAsync],
    "noisy" => [NoisySuite.RunAsync],
    "memory" => [MemorySuite.RunAsync],
    "ended" => [EndedSuite.RunAsync],
    "provider" => [ProviderSuite.RunAsync],
    "rules" => [RuleSuite.RunAsync],
    "written" => [WrittenSuite.RunAsync],
    "pages" => [PageSuite.RunAsync],
    "start" => [StartSuite.RunAsync],
    "peer" => [PeerSuite.RunAsync],
    "all" => [CeilingSuite.RunAsync],
    _ => [],
};
if (suites.Length == 0)
{
    Console.WriteLine(BenchOptions.Usage);
    return 2;
}

// figures are told, never asserted: the exit code says only that they were taken
using var told = Told.To(options.Out);
told.Line(Machine.Line());
foreach (var suite in suites)
{
    // the longer one first, while nobody's patience has run out
    foreach (var kind in options.Databases.Reverse())
    {
        await suite(options, kind);
    }
}

return 0;
