namespace UserManagement.Simulator.Tests;

/// <summary>Each fault of a server must be named by the report; a simulator that finds nothing proves nothing.</summary>
public sealed class BrokenServerTests
{
    [Fact]
    public async Task A_server_that_ignores_the_text_False_leaves_leavers_active()
    {
        await using var server = await StandInServer.StartAsync(Fault.IgnoresActiveText);
        var run = await Run.EntraAsync(server, "--dialect", "legacy");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("E08", run.BrokenRules);
        Assert.True((int)run.Compared("inactive")["differs"]! > 0);
        Assert.Contains("active should be \"false\", is \"true\"", run.Output, StringComparison.Ordinal);

        // the other dialect sends booleans and must not blame it
        await using var again = await StandInServer.StartAsync(Fault.IgnoresActiveText);
        var scim = await Run.EntraAsync(again, "--dialect", "scim");
        Assert.True(scim.ExitCode == 0, scim.Output);
    }

    [Theory]
    [InlineData("legacy")]
    [InlineData("scim")]
    public async Task A_server_that_empties_the_group_on_a_removal_loses_memberships(string dialect)
    {
        await using var server = await StandInServer.StartAsync(Fault.EmptiesGroupOnRemove);
        var run = await Run.EntraAsync(server, "--dialect", dialect);
        Assert.Equal(1, run.ExitCode);
        Assert.True((int)run.Compared("memberships")["differs"]! > 0);
        Assert.Contains("should be a member and is not", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fault.CaseSensitiveFilter, "E04")]
    [InlineData(Fault.UnknownFilterFindsAll, "E02")]
    [InlineData(Fault.UnknownFilterFindsAll, "E10")]
    [InlineData(Fault.DeletedStays, "E09")]
    [InlineData(Fault.AcceptsDuplicates, "E07")]
    public async Task A_broken_rule_is_named_with_its_reason(Fault fault, string rule)
    {
        await using var server = await StandInServer.StartAsync(fault);
        var run = await Run.EntraAsync(server);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(rule, run.BrokenRules);
        Assert.Contains("why it matters", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleted_people_that_stay_are_listed_by_name()
    {
        await using var server = await StandInServer.StartAsync(Fault.DeletedStays);
        var run = await Run.EntraAsync(server);
        Assert.Contains("was deleted and is still there", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_500_are_refusals_grouped_by_their_words()
    {
        await using var server = await StandInServer.StartAsync(Fault.SometimesFails);
        var run = await Run.EntraAsync(server);
        Assert.Equal(1, run.ExitCode);
        Assert.True((int)run.Report["refused"]! >= 5);
        Assert.Contains("500 instead of", run.Output, StringComparison.Ordinal);
        Assert.Contains("boom …", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_forgets_patches_differs_in_everything_patched()
    {
        await using var server = await StandInServer.StartAsync(Fault.ForgetsPatches);
        var run = await Run.EntraAsync(server);
        Assert.Equal(1, run.ExitCode);
        foreach (var what in new[] { "inactive", "attributes", "managers", "memberships" })
        {
            Assert.True((int)run.Compared(what)["differs"]! > 0, what);
        }
    }
}
