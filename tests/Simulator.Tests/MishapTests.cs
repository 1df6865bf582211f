namespace UserManagement.Simulator.Tests;

/// <summary>What goes wrong at a directory, against a server that is not ours: what it may answer, and what is named when it does not.</summary>
public sealed class MishapTests
{
    private static readonly string[] Scenarios = ["mass-leave", "group-emptied", "rename-storm", "wrong-mapping"];

    [Theory]
    [InlineData("entra")]
    [InlineData("entra", "--dialect", "scim")]
    [InlineData("okta")]
    [InlineData("okta", "--app", "custom")]
    public async Task An_honest_server_passes_each_scenario_and_a_run_goes_on_where_one_ended(string directory, params string[] more)
    {
        await using var server = await StandInServer.StartAsync();
        string[] size = ["--users", "30", "--groups", "4", .. more];
        var first = await Run.OfAsync(directory, server, [.. size, "--scenario", "rename-storm", "--share", "60"]);
        Assert.True(first.ExitCode == 0, first.Output);
        Assert.Contains("rename-storm", first.Output, StringComparison.Ordinal);
        foreach (var scenario in Scenarios)
        {
            var run = await Run.OfAsync(directory, server, [.. size, "--scenario", scenario, "--go-on"]);
            Assert.True(run.ExitCode == 0, $"{scenario}\n{run.Output}");
            Assert.Equal(scenario, (string?)run.Report["scenario"]);
            Assert.DoesNotContain("create user", run.Output, StringComparison.Ordinal);
        }

        Assert.Equal(9, server.Stored("Users").Count(u => !(bool)u["active"]!)); // 30 of a hundred of 30
        Assert.Contains(server.Stored("Users"), u => ((string)u["userName"]!).StartsWith("northwind.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Fault.HoldsGroups, "group-emptied", null)]
    [InlineData(Fault.HalfEmpties, "group-emptied", "M02")]
    [InlineData(Fault.KeepsLeavers, "mass-leave", "M01")]
    [InlineData(Fault.SharesNames, "rename-storm", "M04")]
    [InlineData(Fault.FindsOldNames, "rename-storm", "M03")]
    [InlineData(Fault.RefusesHalf, "wrong-mapping", "M04")]
    [InlineData(Fault.LosesNames, "wrong-mapping", "M05")]
    public async Task What_is_held_is_as_expected_and_what_is_broken_is_named(Fault fault, string scenario, string? rule)
    {
        foreach (var directory in (string[])["entra", "okta"])
        {
            await using var server = await StandInServer.StartAsync(fault);
            var run = await Run.OfAsync(directory, server, "--users", "12", "--groups", "3", "--scenario", scenario);
            Assert.True(run.ExitCode == (rule is null ? 0 : 1), $"{directory}\n{run.Output}");
            Assert.True(rule is null || run.BrokenRules.Contains(rule), $"{directory}\n{run.Output}");
        }
    }

    [Fact]
    public async Task There_must_be_something_to_go_on_with()
    {
        await using var server = await StandInServer.StartAsync();
        var run = await Run.EntraAsync(server, "--scenario", "mass-leave", "--go-on");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there is nothing to go on with", run.Output, StringComparison.Ordinal);
    }
}
