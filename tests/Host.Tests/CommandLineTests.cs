using UserManagement.Host.Settings;
using UserManagement.Host.Verbs;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

public class CommandLineTests
{
    public static TheoryData<string> Verbs => [.. CommandLine.Verbs.Select(v => v.Name)];

    [Theory, MemberData(nameof(Verbs))]
    public async Task The_help_of_every_verb_teaches_with_an_example_and_names_the_settings(string verb)
    {
        var (code, output, error) = await RunAsync([.. verb.Split(' '), "--help"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("\n  usermanagement", output, StringComparison.Ordinal);
        Assert.Contains("--Storage:Provider", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_lists_every_verb_and_every_setting()
    {
        var (code, output, _) = await RunAsync("--help");
        Assert.Equal(0, code);
        Assert.All(CommandLine.Verbs, v => Assert.Contains($"\n  {v.Name} ", output, StringComparison.Ordinal));
        Assert.All(SettingNames.All, s => Assert.Contains($"\n  {s.Option} ", output, StringComparison.Ordinal));
        Assert.Contains("simulate", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("workspace crate acme", "There is no verb workspace crate")]
    [InlineData("serve --stroage x", "no option --stroage")]
    [InlineData("workspace create", "Usage: workspace create SLUG")]
    [InlineData("workspace create a b", "Usage: workspace create SLUG")]
    [InlineData("serve --PublicUrl http://people.example.org", "plain http")]
    [InlineData("serve --PublicUrl people", "PublicUrl is people")]
    [InlineData("serve --urls http://0.0.0.0:80", "PublicUrl is missing")]
    [InlineData("serve --urls", "--urls wants a value")]
    [InlineData("serve --Storage:Provider Oracle", "one of Sqlite, Postgres")]
    [InlineData("serve --Storage:Provider Postgres", "Storage:ConnectionString is missing")]
    [InlineData("serve --Storage:CommandTimeout 0", "a whole number from 1 to 600")]
    [InlineData("serve --TrustedProxies ten", "TrustedProxies: ten")]
    [InlineData("serve --Mail:SmtpHost mail", "Mail:From is missing")]
    public async Task What_is_wrong_is_said_in_a_sentence_with_exit_code_2(string line, string sentence)
    {
        var (code, output, error) = await RunAsync(line.Split(' '));
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(sentence, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c2hvcnQ=")]
    [InlineData("no base64 at all")]
    public async Task A_master_key_that_is_none_is_refused_without_repeating_it(string key)
    {
        var (code, _, error) = await RunAsync("verify", "--data", TestFolder.New(), "--MasterKey", key);
        Assert.Equal(1, code);
        Assert.Contains("at least 32 bytes", error, StringComparison.Ordinal);
        Assert.DoesNotContain(key, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_outweighs_the_environment_and_a_name_that_is_none_is_refused_there_too()
    {
        var environment = new System.Collections.Hashtable
        {
            ["USERMANAGEMENT_STORAGE__COMMANDTIMEOUT"] = "20",
            ["USERMANAGEMENT_URLS"] = "http://localhost:7000",
        };
        var settings = HostSettings.Read(environment, new Dictionary<string, string> { ["urls"] = "http://localhost:8000" });
        Assert.Equal("http://localhost:8000/", settings.PublicUrl.ToString());
        Assert.Equal(TimeSpan.FromSeconds(20), settings.Storage.CommandTimeout);
        environment["USERMANAGEMENT_URL"] = "x";
        Assert.Contains(
            "USERMANAGEMENT_URL",
            Assert.Throws<SettingsException>(() => HostSettings.Read(environment, new Dictionary<string, string>())).Message,
            StringComparison.Ordinal
        );
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await CommandLine.RunAsync(words, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
