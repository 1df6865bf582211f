using System.Diagnostics;
using System.Globalization;
using UserManagement.Drills.Servers;
using UserManagement.Testing;

namespace UserManagement.Drills.Failover;

/// <summary>
/// Two servers on the cluster of <c>deploy/ha</c>. For each fault: eight clients make people for a minute, each with a ledger, the fault
/// comes after ten seconds, and afterwards the ledger is compared with what SCIM and <c>verify</c> say.
/// </summary>
/// <param name="build">The folder of the published build.</param>
/// <param name="cluster">The script that starts the cluster and breaks it.</param>
/// <param name="folder">Where it runs.</param>
/// <param name="faults">The script's acts; <c>none</c> is the control.</param>
internal sealed class FailoverRun(string build, string cluster, string folder, IReadOnlyList<string> faults)
{
    private const int Clients = 8;
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(10);
    private readonly List<string> _wrongs = [];

    /// <summary>Runs it; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        var product = new Build("server", build, TestFolder.New(), ConnectionString());
        await product.MustAsync("migrate");
        await using var first = await (product with { Name = "app1" }).ServeAtAsync("http://127.0.0.1:18081");
        await using var second = await (product with { Name = "app2" }).ServeAtAsync("http://127.0.0.1:18082");
        Console.WriteLine(
            "| fault | acknowledged | lost | 503 | of them there | no answer | of them there | other | longest gap, s | ready again, s |"
        );
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        for (var i = 0; i < faults.Count; i++)
        {
            await OneAsync(product, [first, second], faults[i], $"run{i}");
        }

        var (code, printed) = await product.RunAsync("verify");
        Console.WriteLine($"verify: {printed.Trim()}");
        if (code != 0)
        {
            _wrongs.Add("verify finds differences");
        }

        foreach (var server in new[] { first, second })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{server.Build.Name}.log"), server.Printed);
        }

        foreach (var wrong in _wrongs.Take(40))
        {
            Console.WriteLine("WRONG " + wrong);
        }

        return _wrongs.Count == 0 ? 0 : 1;
    }

    private async Task OneAsync(Build product, IReadOnlyList<RunningServer> servers, string fault, string slug)
    {
        var access = await product.OpenAsync(slug, "licensed");
        var (ledger, clock) = (new Ledger(), Stopwatch.StartNew());
        using var end = new CancellationTokenSource(Whole);
        var writers = new Writers([.. servers.Select(s => s.Url)], access, ledger);
        var clients = writers.RunAsync(Clients, clock, end.Token);
        await Task.Delay(Before);
        if (fault != "none")
        {
            await ClusterAsync(fault);
        }

        await clients;
        var began = clock.Elapsed;
        if (fault != "none")
        {
            await ClusterAsync("heal");
        }

        foreach (var server in servers)
        {
            await server.ReadyAsync();
        }

        var ready = clock.Elapsed - began;
        var there = (await writers.ThereAsync()).ToHashSet(StringComparer.Ordinal);
        var lost = ledger.Lines.Where(l => l.Ending == Ending.Acknowledged && !there.Contains(l.UserName)).ToList();
        int There(Ending ending) => ledger.Lines.Count(l => l.Ending == ending && there.Contains(l.UserName));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {fault} | {ledger.Count(Ending.Acknowledged)} | {lost.Count} | {ledger.Count(Ending.Refused)} | {There(Ending.Refused)} | {ledger.Count(Ending.Unknown) + ledger.Count(Ending.Unsent)} | {There(Ending.Unknown)} | {ledger.Count(Ending.Wrong)} | {ledger.LongestGap().TotalSeconds:0.0} | {ready.TotalSeconds:0.0} |"
            )
        );
        _wrongs.AddRange(lost.Select(l => $"{fault}: {l.UserName} was acknowledged by server {l.Server} at {l.Sent} and is gone"));
        _wrongs.AddRange(ledger.Lines.Where(l => l.Ending == Ending.Wrong).Select(l => $"{fault}: {l.Told}"));
    }

    private string ConnectionString() =>
        File.ReadAllLines(Path.Combine(folder, "out", "usermanagement.env"))
            .Single(line => line.StartsWith("USERMANAGEMENT_STORAGE__CONNECTIONSTRING=", StringComparison.Ordinal))
            .Split('=', 2)[1];

    private async Task ClusterAsync(string act)
    {
        using var run = Process.Start("bash", [cluster, act, folder]);
        await run.WaitForExitAsync();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"{act}: {run.ExitCode}");
        }
    }
}
