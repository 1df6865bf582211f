namespace UserManagement.Simulator.Tests;

public sealed class EntraSimulationTests
{
    [Fact]
    public async Task Nobody_is_deleted_when_asked_to_keep()
    {
        await using var server = await StandInServer.StartAsync();
        var run = await Run.EntraAsync(server, "--keep");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal(60, server.Stored("Users").Count);
        Assert.DoesNotContain("delete user", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_seed_sends_the_same_people_and_a_second_run_is_stopped()
    {
        await using var one = await StandInServer.StartAsync();
        await using var two = await StandInServer.StartAsync();
        await Run.EntraAsync(one, "--keep");
        await Run.EntraAsync(two, "--keep", "--parallel", "2");
        Assert.Equal(Names(one), Names(two));
        var again = await Run.EntraAsync(one);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("take another --seed", again.Output, StringComparison.Ordinal);

        static IEnumerable<string> Names(StandInServer server) =>
            server.Stored("Users").Select(u => $"{u["userName"]} {u["displayName"]} {u["active"]}").Order();
    }

    [Fact]
    public async Task A_wrong_token_stops_at_the_connection_test()
    {
        await using var server = await StandInServer.StartAsync();
        var run = await Run.EntraAsync(server, "--token", "other");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the connection test failed", run.Output, StringComparison.Ordinal);
        Assert.Empty(server.Stored("Users"));
    }
}
