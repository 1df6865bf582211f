namespace UserManagement.Simulator.Tests;

public sealed class SimulateCommandTests
{
    [Theory]
    [InlineData("--help", "simulate check")]
    [InlineData("entra --help", "aadOptscim062020")]
    [InlineData("entra --help", "\"path\":\"active\",\"value\":\"False\"")]
    [InlineData("entra --help", "members[value eq")]
    [InlineData("entra --help", "--ledger FILE")]
    [InlineData("entra --help", "Exit code")]
    [InlineData("check --help", "only as a whole")]
    [InlineData("entra --help", "wrong-mapping")]
    [InlineData("--help", "simulate okta")]
    [InlineData("okta --help", "--app KIND")]
    [InlineData("okta --help", "push now")]
    [InlineData("jumpcloud --help", "self-test")]
    [InlineData("onelogin --help", "urn:scim:schemas:core:1.0")]
    public async Task Help_teaches(string args, string says)
    {
        var (exit, output, _) = await RunAsync(args.Split(' '));
        Assert.Equal(0, exit);
        Assert.Contains(says, output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 120, line));
    }

    [Theory]
    [InlineData("", "which directory")]
    [InlineData("workday", "workday is not known")]
    [InlineData("okta --url http://x --token t --app both", "--app is catalog or custom")]
    [InlineData("okta --url http://x --token t --dialect scim", "--dialect is not an option")]
    [InlineData("entra --url http://x --token t --scenario flood", "--scenario is one of mass-leave")]
    [InlineData("okta --url http://x --token t --go-on", "belong to a --scenario")]
    [InlineData("jumpcloud --url http://x --token t --scenario mass-leave", "--scenario is not an option")]
    [InlineData("entra --token t", "--url must be")]
    [InlineData("entra --url ftp://x --token t", "--url must be")]
    [InlineData("entra --url http://x", "--token")]
    [InlineData("entra --url http://x --token t --users none", "--users must be a whole number")]
    [InlineData("entra --url http://x --token t --users 0", "--users must be a whole number")]
    [InlineData("entra --url http://x --token t --dialect both", "--dialect is legacy or scim")]
    [InlineData("entra --url http://x --token t --domain a@b", "--domain must be")]
    [InlineData("entra --url http://x --token t --colour", "--colour is not an option")]
    [InlineData("entra --url http://x --token t --seed", "--seed needs a value")]
    [InlineData("entra --url http://x --token t --token-url http://x/token", "two ways in")]
    [InlineData("entra --url http://x --token-url nowhere --client-id a --client-secret b", "--token-url must be")]
    [InlineData("okta --url http://x --token-url http://x/token --client-id a", "--token-url needs")]
    [InlineData("okta --url http://x --client-secret b", "--token-url must be")]
    [InlineData("check --url http://x --token t", "--ledger must name a file")]
    [InlineData("entra --url http://x --token t --ledger /nowhere/at/all", "simulate entra: ")]
    public async Task Wrong_usage_says_what_is_wrong_and_exits_2(string args, string says)
    {
        var (exit, _, error) = await RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, exit);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_flag_on_the_address_chooses_the_dialect_and_the_token_is_not_printed()
    {
        await using var server = await StandInServer.StartAsync();
        var run = await Run.EntraAsync(server, "--url", server.Url + "?aadOptscim062020");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("dialect scim", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(StandInServer.Token, run.Output + run.Report.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirected_output_has_ten_lines_of_progress_and_no_escape_codes()
    {
        await using var server = await StandInServer.StartAsync();
        var run = await Run.EntraAsync(server);
        Assert.Equal(10, run.Output.Split('\n').Count(l => l.Contains(" %  ", StringComparison.Ordinal)));
        Assert.DoesNotContain('\e', run.Output);
        Assert.DoesNotContain('\r', run.Output);
    }

    [Theory]
    [InlineData("entra")]
    [InlineData("okta")]
    public async Task Tokens_are_got_by_client_credentials_and_anew_when_one_ends(string directory)
    {
        await using var server = await StandInServer.StartAsync();
        string[] args =
        [
            directory,
            "--url",
            server.Url.ToString(),
            "--users",
            "30",
            "--groups",
            "3",
            "--seed",
            "7",
            "--token-url",
            new Uri(server.Url, "/token").ToString(),
            "--client-id",
            "simulator",
            "--client-secret",
        ];
        var (exit, output, error) = await RunAsync([.. args, "stand-in-secret"]);
        Assert.True(exit == 0, output + error);
        Assert.True(server.Tokens > 1, $"{server.Tokens} tokens");
        Assert.DoesNotContain("stand-in-secret", output + error, StringComparison.Ordinal);

        var wrong = await RunAsync([.. args, "another-secret"]);
        Assert.Equal(1, wrong.Exit);
        Assert.Contains("the token endpoint gives no token: 401 invalid_client", wrong.Output, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await SimulateCommand.RunAsync(args, output, error, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }
}
