using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Driving;
using UserManagement.Benchmarks.Report;
using UserManagement.Benchmarks.Servers;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Suites;

/// <summary>
/// How long a published server takes from its start until it is ready, on a new database and on one that is there, what that costs the
/// processor, and what memory it then holds at rest. With <c>--before</c> an earlier build takes turns with it.
/// </summary>
internal static class StartSuite
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task RunAsync(BenchOptions options, Database kind)
    {
        using var postgres = kind == Database.Postgres ? await DurablePostgres.StartAsync() : null;
        (string Name, string Folder)[] builds =
        [
            .. options.Before is { } before ? new[] { ("before", before) } : [],
            ("now", options.Build ?? AppContext.BaseDirectory),
        ];
        var seen = builds.ToDictionary(b => b.Name, _ => (First: new List<Start>(), Later: new List<Start>()));
        for (var round = 0; round < (options.Rounds ?? 5); round++)
        {
            foreach (var (name, folder) in builds)
            {
                var data = TestFolder.New();
                string[] storage = postgres is null
                    ? []
                    :
                    [
                        "--Storage:Provider",
                        "Postgres",
                        "--Storage:MigrateAtStart",
                        "true",
                        "--Storage:ConnectionString",
                        (await postgres.NewAsync(string.Create(CultureInfo.InvariantCulture, $"{name}{round}"))).ConnectionString,
                    ];
                seen[name].First.Add(await StartAsync(folder, data, storage, null));
                seen[name].Later.Add(await StartAsync(folder, data, storage, TimeSpan.FromSeconds(options.Seconds)));
            }
        }

        var table = new MarkdownTable($"{kind}: start", "to ready, s", "processor, s", "resident then, MB", "at rest, MB", "its own, MB");
        foreach (var (name, _) in builds)
        {
            Row($"first, {name}", seen[name].First);
            Row($"later, {name}", seen[name].Later);
        }

        Told.Now.Line(table);

        void Row(string what, List<Start> starts) =>
            table.Add(
                what,
                Of(starts, s => s.Ready, "0.00"),
                Of(starts, s => s.Processor, "0.00"),
                Of(starts, s => s.Resident, "0"),
                Of(starts, s => s.AtRest, "0"),
                Of(starts, s => s.Own, "0")
            );
    }

    private static string Of(List<Start> starts, Func<Start, double> figure, string format) =>
        Figures.Median(starts.Select(figure)) is var median && double.IsFinite(median)
            ? median.ToString(format, CultureInfo.InvariantCulture)
            : "-";

    /// <summary>Starts it, asks until it is ready, leaves it at rest for a while, and ends it as a service manager does.</summary>
    private static async Task<Start> StartAsync(string folder, string data, string[] storage, TimeSpan? rest)
    {
        var url = ServerProcess.FreeUrl();
        var dll = Path.Combine(folder, "UserManagement.Host.dll");
        var start = new ProcessStartInfo("dotnet", [dll, "serve", "--urls", url, "--data", data, "--LogLevel", "Warning", .. storage])
        {
            WorkingDirectory = data,
            RedirectStandardOutput = true, // the first start tells how to get in, which is no table
        };
        start.Environment["USERMANAGEMENT_MASTERKEY"] = Convert.ToBase64String(TestDatabase.MasterKey);
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start) ?? throw new Win32Exception("dotnet did not start");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        try
        {
            await ReadyAsync(new(url + "/readyz"), process);
            var ready = new Start(
                Stopwatch.GetElapsedTime(began).TotalSeconds,
                CpuMeter.Of(process.Id).TotalSeconds,
                MemoryMeter.Now(process.Id),
                double.NaN,
                double.NaN
            );
            if (rest is { } span)
            {
                await Task.Delay(span);
                ready = ready with { AtRest = MemoryMeter.Now(process.Id), Own = MemoryMeter.Own(process.Id) };
            }

            using var end = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync();
            return ready;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static async Task ReadyAsync(Uri ready, Process process)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        while (!process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(ready);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // not yet
            }

            await Task.Delay(Pause); // every refused call costs the processor that the start needs
        }

        throw new InvalidOperationException($"The server ended with {process.ExitCode}.");
    }

    private sealed record Start(double Ready, double Processor, double Resident, double AtRest, double Own);
}
