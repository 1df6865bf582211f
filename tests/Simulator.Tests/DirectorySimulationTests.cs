namespace UserManagement.Simulator.Tests;

/// <summary>Each directory against an honest server: nothing to find.</summary>
public sealed class DirectorySimulationTests
{
    [Theory]
    [InlineData("entra")]
    [InlineData("entra --dialect scim")]
    [InlineData("entra --cycles 4")]
    [InlineData("okta")]
    [InlineData("okta --app custom")]
    [InlineData("jumpcloud")]
    [InlineData("onelogin")]
    [InlineData("onelogin --keep")]
    public async Task An_honest_server_meets_every_expectation(string command)
    {
        await using var server = await StandInServer.StartAsync();
        var words = command.Split(' ');
        var run = await Run.OfAsync(words[0], server, ["--users", "60", "--groups", "6", .. words[1..]]);
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("Everything as expected.", run.Output, StringComparison.Ordinal);
        Assert.Empty(run.BrokenRules);
        Assert.All(
            run.Report["comparison"]!.AsArray(),
            row => Assert.Equal(((int)row!["should"]!, 0), ((int)row["holds"]!, (int)row["differs"]!))
        );
        Assert.True(run.Report["rules"]!.AsArray().Count >= 20, "rules were tried");
        Assert.True((int)run.Compared("inactive")["should"]! > 0);
        Assert.True(words[0] != "entra" || (int)run.Compared("users")["should"]! < 60, "some are deleted");
        Assert.Equal(words[0], (string?)run.Report["directory"]);
    }

    [Theory]
    [InlineData("entra")]
    [InlineData("okta")]
    [InlineData("jumpcloud")]
    [InlineData("onelogin")]
    public async Task One_person_and_no_group_is_enough(string directory)
    {
        await using var server = await StandInServer.StartAsync();
        var run = await Run.OfAsync(directory, server, "--users", "1", "--groups", "0");
        Assert.True(run.ExitCode == 0, run.Output);
    }

    [Fact]
    public async Task Nobody_is_deleted_by_Okta_and_a_second_run_is_stopped()
    {
        await using var server = await StandInServer.StartAsync();
        await Run.OfAsync("okta", server, "--users", "20", "--groups", "3");
        Assert.Equal(22, server.Stored("Users").Count); // two more came back under another name
        var again = await Run.OfAsync("okta", server, "--users", "20", "--groups", "3");
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("take another --seed", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_ended_tells_how_far_it_came()
    {
        await using var server = await StandInServer.StartAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var output = new EndAt("create users", stop);
        string[] args = ["entra", "--url", server.Url.ToString(), "--token", StandInServer.Token, "--users", "60", "--groups", "6"];
        var exit = await SimulateCommand.RunAsync(args, output, TextWriter.Null, stop.Token);
        Assert.Equal(SimulateCommand.NotMet, exit);
        Assert.Contains("Stopped: it was ended before it was done.", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("look-up user", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A screen whose reader ends the run when a line has these words.</summary>
    private sealed class EndAt(string words, CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(words, StringComparison.Ordinal) == true)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public async Task A_server_that_cannot_delete_fails_the_self_test_of_JumpCloud_and_nothing_else_is_tried()
    {
        await using var server = await StandInServer.StartAsync(Fault.DeletedStays);
        var run = await Run.OfAsync("jumpcloud", server, "--users", "10", "--groups", "2");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the connection test failed", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("create user ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("okta", Fault.DropsAfterPost)]
    [InlineData("jumpcloud", Fault.DropsAfterPost)]
    [InlineData("onelogin", Fault.SometimesFails)]
    [InlineData("okta", Fault.SometimesFails)]
    public async Task The_ledger_of_a_disturbed_run_holds(string directory, Fault fault)
    {
        var ledger = Path.Combine(Path.GetTempPath(), $"ledger-{Guid.CreateVersion7()}.jsonl");
        await using var server = await StandInServer.StartAsync(fault);
        await Run.OfAsync(directory, server, "--users", "20", "--groups", "3", "--ledger", ledger);
        server.Faults = Fault.None;
        var (kept, lost) = (new StringWriter(), new StringWriter());
        string[] check = ["check", "--ledger", ledger, "--url", server.Url.ToString(), "--token", StandInServer.Token];
        Assert.True(await SimulateCommand.RunAsync(check, kept, kept, TestContext.Current.CancellationToken) == 0, kept.ToString());

        // groups are found again by name: one that is lost is missed
        server.Stored("Groups").RemoveAll(g => g["members"] is { } members && members.AsArray().Count > 0);
        Assert.Equal(1, await SimulateCommand.RunAsync(check, lost, lost, TestContext.Current.CancellationToken));
        Assert.Contains("acknowledged, but not there", lost.ToString(), StringComparison.Ordinal);
        File.Delete(ledger);
    }
}
