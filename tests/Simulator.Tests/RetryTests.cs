using UserManagement.Simulator.Drills;
using UserManagement.Simulator.Report;
using UserManagement.Simulator.Wire;

namespace UserManagement.Simulator.Tests;

public sealed class RetryTests
{
    [Fact]
    public async Task A_create_whose_answer_was_lost_is_adopted_and_counted_as_recovered()
    {
        await using var server = await StandInServer.StartAsync(Fault.DropsAfterPost);
        var run = await Run.EntraAsync(server);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.True((int)run.Report["recovered"]! > 10);
        Assert.Equal(0, (int)run.Report["refused"]!);
    }

    [Fact]
    public async Task A_delete_whose_answer_was_lost_may_answer_404()
    {
        await using var server = await StandInServer.StartAsync(Fault.DropsAfterDelete);
        var run = await Run.EntraAsync(server);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.True((int)run.Report["retried"]! > 0);
    }

    [Fact]
    public async Task Busy_answers_are_tried_again_as_the_server_asks()
    {
        await using var server = await StandInServer.StartAsync(Fault.BusyAtTimes);
        var run = await Run.EntraAsync(server);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.True((int)run.Report["retried"]! > 10);
    }

    [Theory]
    [InlineData("entra --users 60 --groups 6")]
    [InlineData("okta --users 40 --groups 5")]
    [InlineData("okta --app custom --users 40 --groups 5")]
    [InlineData("jumpcloud --users 40 --groups 5")]
    [InlineData("onelogin --users 30 --groups 4")]
    public async Task A_run_outlives_crashes_of_the_server_and_the_ledger_holds(string command)
    {
        await using var server = await StandInServer.StartAsync();
        var ledger = Path.Combine(Path.GetTempPath(), $"ledger-{Guid.CreateVersion7()}.jsonl");
        var words = command.Split(' ');
        Task<Run>? running = null;
        for (var crash = 1; crash <= 2; crash++)
        {
            var held = server.HoldAsync(20);
            running ??= Run.OfAsync(words[0], server, [.. words[1..], "--ledger", ledger]);
            Assert.True(await Task.WhenAny(held, running) == held, $"The run was over before crash {crash}.");
            await server.CrashAsync(TimeSpan.FromMilliseconds(100));
        }

        var run = await running!;
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.True((int)run.Report["retried"]! > 1);
        var output = new StringWriter();
        var exit = await SimulateCommand.RunAsync(
            ["check", "--ledger", ledger, "--url", server.Url.ToString(), "--token", StandInServer.Token],
            output,
            output,
            TestContext.Current.CancellationToken
        );
        Assert.True(exit == 0, output.ToString());
        File.Delete(ledger);
    }

    [Fact]
    public async Task A_server_that_is_gone_ends_the_run_with_unknown_outcomes()
    {
        var tally = new Tally();
        var path = Path.GetTempFileName();
        using (var ledger = new Ledger(path))
        {
            var quick = new RetryRule(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(20));
            using var client = new ScimClient(new Uri("http://127.0.0.1:9/scim"), "t", tally, ledger, retry: quick);
            var request = new ScimRequest("create user", HttpMethod.Post, "/Users")
            {
                Expected = [201],
                Effect = new Effect("Users", "x") { Creates = true },
            };
            var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(0, answer.Status);
            await client.SendAsync(request, TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<ServerGoneException>(() => client.SendAsync(request, TestContext.Current.CancellationToken));
        }

        var lines = await Ledger.ReadAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.Equal(Outcome.Unknown, line.Outcome));
        Assert.Contains(lines, line => line.Tries > 1); // one may spend its budget on warming up
        Assert.Equal(3, tally.Refused);
        File.Delete(path);
    }

    [Fact]
    public void Waits_double_up_to_the_longest_and_end_with_the_budget()
    {
        var rule = RetryRule.Standard;
        Assert.Equal(TimeSpan.FromMilliseconds(200), rule.WaitBeforeNext(1, TimeSpan.Zero, null));
        Assert.Equal(TimeSpan.FromMilliseconds(800), rule.WaitBeforeNext(3, TimeSpan.Zero, null));
        Assert.Equal(TimeSpan.FromSeconds(5), rule.WaitBeforeNext(50, TimeSpan.Zero, null));
        Assert.Equal(TimeSpan.FromSeconds(30), rule.WaitBeforeNext(1, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        Assert.Null(rule.WaitBeforeNext(9, TimeSpan.FromSeconds(58), null));
        Assert.Null(rule.WaitBeforeNext(1, TimeSpan.Zero, TimeSpan.FromSeconds(90)));
    }
}
