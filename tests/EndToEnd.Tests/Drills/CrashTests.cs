using System.Globalization;
using UserManagement.Simulator;
using UserManagement.Simulator.Commands;
using UserManagement.Simulator.Wire;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>
/// Drill R1 in short: the server is killed without warning amid a directory's run, again and again. <c>tests/Drills/faults.sh</c> goes on longer.
/// </summary>
public sealed class CrashTests
{
    private const int Kills = 3;
    private static readonly HashSet<string> Known = ["--url", "--token", "--users", "--groups", "--seed", "--ledger"];

    // It calls again as soon as the server may be back, where a directory's own waits double to 5 s.
    private static readonly RetryRule Impatient = RetryRule.Standard with
    {
        Budget = TimeSpan.FromMinutes(2),
        Longest = TimeSpan.FromMilliseconds(250),
    };

    [Theory]
    [EachDatabase]
    public async Task Kills_amid_a_run_lose_no_acknowledged_write_and_leave_nothing_half_done(Database kind)
    {
        await using var server = await BuiltServer.StartAsync(kind);
        var (scim, token) = await server.WorkspaceAsync("drill");
        var ledger = Path.Combine(TestFolder.New(), "ledger.jsonl");
        using var report = new StringWriter(CultureInfo.InvariantCulture);
        string[] words = ["--url", scim, "--token", token, "--users", "110", "--groups", "8", "--seed", "4711", "--ledger", ledger];
        var (options, wrong) = SimulateOptions.Read(words, Known);
        Assert.Null(wrong);
        var run = DirectoryCommand.RunAsync("entra", options! with { Retry = Impatient }, new Screen(report, noColor: true), default);
        var starts = new List<TimeSpan>();
        var pauses = new Random(4711);
        for (var kill = 0; kill < Kills; kill++)
        {
            await GrowAsync(ledger, pauses.Next(5, 60), run);
            Assert.False(run.IsCompleted, $"The run was over before kill {kill + 1}; make it longer.\n{report}");
            await server.Process.KillAsync();
            starts.Add(await server.Process.StartAsync());
        }

        var code = await run;
        TestContext.Current.SendDiagnosticMessage("{0}: ready again after {1:0.0} s at most", kind, starts.Max(s => s.TotalSeconds));
        Assert.True(code == 0, report.ToString());
        using var kept = new StringWriter(CultureInfo.InvariantCulture);
        Assert.True(
            await SimulateCommand.RunAsync(["check", "--ledger", ledger, "--url", scim, "--token", token], kept, kept, default) == 0,
            kept.ToString()
        );
        await server.AgreesAsync(token);
    }

    /// <summary>Lets the run get on by so many operations, however long the machine takes for them.</summary>
    private static async Task GrowAsync(string ledger, int lines, Task run)
    {
        var target = Lines(ledger) + lines;
        while (Lines(ledger) < target && !run.IsCompleted)
        {
            await Task.Delay(5);
        }
    }

    private static int Lines(string ledger)
    {
        if (!File.Exists(ledger))
        {
            return 0;
        }

        using var reader = new StreamReader(new FileStream(ledger, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var count = 0;
        while (reader.ReadLine() is not null)
        {
            count++;
        }

        return count;
    }
}
