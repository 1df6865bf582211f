using System.Globalization;
using UserManagement.Simulator;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.EndToEnd.Tests.Drills;

/// <summary>The host, and a directory as Okta's provisioning behaves, with both kinds of its apps.</summary>
public sealed class OktaTests
{
    [Theory]
    [EachDatabase]
    [Shows("B-01", "B-02")]
    public Task A_catalog_app_and_a_custom_app_find_nothing_wrong(Database kind) =>
        DirectoryDrill.RunAsync(kind, "okta --users 80 --groups 8", "okta --app custom --users 30 --groups 4");

    [Theory]
    [EachDatabase]
    public async Task A_kill_amid_the_group_push_loses_nothing_that_was_acknowledged(Database kind)
    {
        await using var server = await BuiltServer.StartAsync(kind);
        var (scim, token) = await server.WorkspaceAsync("drill");
        var ledger = Path.Combine(TestFolder.New(), "ledger.jsonl");
        using var report = new StringWriter(CultureInfo.InvariantCulture);
        var run = SimulateCommand.RunAsync(
            ["okta", "--url", scim, "--token", token, "--users", "20", "--groups", "10", "--seed", "9", "--ledger", ledger],
            report,
            report,
            default
        );
        while (!run.IsCompleted && !(await TextAsync(ledger)).Contains("\"push now\"", StringComparison.Ordinal))
        {
            await Task.Delay(5);
        }

        Assert.False(run.IsCompleted, report.ToString());
        await server.Process.KillAsync();
        await server.Process.StartAsync();
        Assert.True(await run == 0, report.ToString());
        using var kept = new StringWriter(CultureInfo.InvariantCulture);
        Assert.True(
            await SimulateCommand.RunAsync(["check", "--ledger", ledger, "--url", scim, "--token", token], kept, kept, default) == 0,
            kept.ToString()
        );
        await server.AgreesAsync(token);
    }

    private static async Task<string> TextAsync(string file)
    {
        if (!File.Exists(file))
        {
            return "";
        }

        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await reader.ReadToEndAsync();
    }
}
