using System.Diagnostics;
using System.Globalization;
using UserManagement.Drills.Failover;
using UserManagement.Drills.Servers;

namespace UserManagement.Drills.Faults;

/// <summary>
/// Eight clients make people, each with a ledger; after four seconds something breaks and is mended; afterwards what was not acknowledged is
/// sent again, and the ledger is compared with what SCIM and <c>verify</c> say. Before the faults of a stand one run without.
/// </summary>
/// <param name="build">The folder of the published build.</param>
/// <param name="rows">Which drills; empty for all.</param>
/// <param name="runs">How often each.</param>
internal sealed class FaultsRun(string build, IReadOnlyList<string> rows, int runs)
{
    private const int Clients = 8;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(6);
    private readonly List<string> _wrongs = [];

    /// <summary>Runs them; the exit code.</summary>
    public async Task<int> RunAsync()
    {
        Console.WriteLine(
            "| | what fails | acknowledged | lost | 503 | of them there | no answer | of them there | not sent | other | there twice | longest gap, s | longest wait, s | |"
        );
        Console.WriteLine("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        foreach (var fault in Fault.All.Where(f => rows.Count == 0 || rows.Contains(f.Row)))
        {
            await OneAsync(fault with { What = "nothing (control of the next)" }, breaks: false);
            for (var i = 0; i < runs; i++)
            {
                await OneAsync(fault, breaks: true);
            }
        }

        foreach (var drill in Special.All.Where(d => rows.Count == 0 || rows.Contains(d.Row)))
        {
            for (var i = 0; i < runs; i++)
            {
                var told = await drill.RunAsync(build, _wrongs.Add);
                Console.WriteLine($"{drill.Row}, {drill.What}: {told}");
            }
        }

        foreach (var wrong in _wrongs.Take(60))
        {
            Console.WriteLine("WRONG " + wrong);
        }

        return _wrongs.Count == 0 ? 0 : 1;
    }

    private async Task OneAsync(Fault fault, bool breaks)
    {
        await using var stand = await Stand.StartAsync(build, fault);
        var (address, proxy) = fault.BeforeAsync is { } before ? await before(stand) : (null, null);
        using var _ = proxy;
        var (ledger, clock) = (new Ledger(), Stopwatch.StartNew());
        var writers = new Writers(address is null ? [.. stand.Servers.Select(s => s.Url)] : [address], stand.Access, ledger)
        {
            Pause = TimeSpan.FromMilliseconds(20),
        };
        using var end = new CancellationTokenSource();
        var clients = writers.RunAsync(Clients, clock, end.Token);
        await Task.Delay(Before);
        var said = breaks ? await fault.BreakAsync(stand) : "";
        await Task.Delay(After);
        await end.CancelAsync();
        await clients;
        foreach (var server in stand.Servers)
        {
            await server.ReadyAsync();
        }

        var there = (await writers.ThereAsync()).ToHashSet(StringComparer.Ordinal);
        int There(Ending ending) => ledger.Lines.Count(l => l.Ending == ending && there.Contains(l.UserName));
        var lost = ledger.Lines.Where(l => l.Ending == Ending.Acknowledged && !there.Contains(l.UserName)).ToList();
        var never = await writers.RepeatAsync();
        var twice = (await writers.ThereAsync()).GroupBy(n => n).Count(n => n.Count() > 1);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {fault.Row} | {fault.What} | {ledger.Count(Ending.Acknowledged)} | {lost.Count} | {ledger.Count(Ending.Refused)} | {There(Ending.Refused)} | {ledger.Count(Ending.Unknown)} | {There(Ending.Unknown)} | {ledger.Count(Ending.Unsent)} | {ledger.Count(Ending.Wrong)} | {twice} | {ledger.LongestGap().TotalSeconds:0.0} | {ledger.LongestWait().TotalSeconds:0.0} | {said} |"
            )
        );
        void Wrong(string what) => _wrongs.Add($"{fault.Row}, {fault.What}: {what}");
        lost.ForEach(l => Wrong($"{l.UserName} was acknowledged and is gone"));
        never.ForEach(Wrong);
        foreach (var line in ledger.Lines.Where(l => l.Ending == Ending.Wrong || (l.Ending == Ending.Unknown && !fault.ToleratesUnknown)))
        {
            Wrong(line.Told);
        }

        if (await stand.Product.RunAsync("verify") is (not 0, var printed))
        {
            Wrong(printed);
        }
    }
}
