using System.Globalization;
using UserManagement.Membership.Access;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>
/// A directory's run against the host as it is wired in production, which must end with nothing to find: no rule broken,
/// no difference, a ledger that holds, and counts that agree with their rows. In this process, because what the built
/// program adds is shown by the drills of Entra and of the crash.
/// </summary>
internal static class DirectoryDrill
{
    /// <summary>
    /// Runs each command line (the verb and its own options) one after the other on one server, each as a directory of its own.
    /// </summary>
    public static async Task RunAsync(Database kind, params string[] commands)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(database);
        var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), default)).Value;
        var token = (await new CreateScimCredential(server.Store).RunAsync(Actor.Operator, workspace.Id, "drill", null, default))
            .Value
            .Token;
        var scim = new Uri(server.PublicUrl, "/scim/v2/acme").ToString();
        var seed = 20;
        foreach (var command in commands)
        {
            var ledger = Path.Combine(TestFolder.New(), "ledger.jsonl");
            using var report = new StringWriter(CultureInfo.InvariantCulture);
            var code = await SimulateCommand.RunAsync(
                [.. command.Split(' '), "--url", scim, "--token", token, "--seed", $"{++seed}", "--ledger", ledger],
                report,
                report,
                default
            );
            Assert.True(code == 0, $"{command}\n{report}");
            Assert.Contains(", 0 broken", report.ToString(), StringComparison.Ordinal);
            Assert.Contains("0 refused", report.ToString(), StringComparison.Ordinal);

            using var kept = new StringWriter(CultureInfo.InvariantCulture);
            Assert.True(
                await SimulateCommand.RunAsync(["check", "--ledger", ledger, "--url", scim, "--token", token], kept, kept, default) == 0,
                kept.ToString()
            );
        }

        Assert.Empty(await new VerifyCounters(server.Store).RunAsync(default));
        Assert.DoesNotContain(token, server.Log, StringComparison.Ordinal);
    }
}
