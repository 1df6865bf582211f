using System.Globalization;
using UserManagement.EndToEnd.Tests.Rig;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>A directory's run against the built server, which must end with nothing to find: no rule broken, no difference, a ledger that holds.</summary>
internal static class DirectoryDrill
{
    /// <summary>Runs each command line (the verb and its own options) one after the other on one server, each as a directory of its own.</summary>
    public static async Task RunAsync(Database kind, params string[] commands)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = new HostProcess(database);
        var token = await server.TokenAsync("acme");
        await server.StartAsync();
        var scim = server.Url + "/scim/v2/acme";
        var seed = 20;
        foreach (var command in commands)
        {
            var ledger = Path.Combine(TestFolder.New(), "ledger.jsonl");
            using var report = new StringWriter(CultureInfo.InvariantCulture);
            var code = await SimulateCommand.RunAsync(
                [.. command.Split(' '), "--url", scim, "--token", token, "--seed", $"{++seed}", "--ledger", ledger], report, report, default);
            Assert.True(code == 0, $"{command}\n{report}");
            Assert.Contains(", 0 broken", report.ToString(), StringComparison.Ordinal);
            Assert.Contains("0 refused", report.ToString(), StringComparison.Ordinal);

            using var kept = new StringWriter(CultureInfo.InvariantCulture);
            Assert.True(await SimulateCommand.RunAsync(["check", "--ledger", ledger, "--url", scim, "--token", token], kept, kept, default) == 0, kept.ToString());
        }

        var verified = await server.RunAsync("verify");
        Assert.True(verified.Code == 0, verified.Printed);
    }
}
