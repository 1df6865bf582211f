using System.Text.RegularExpressions;
using UserManagement.Host.Settings;
using UserManagement.Host.Verbs;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>What an operator starts from names settings and verbs that are there. Bringing it up is <c>deploy/stand-ins/up</c>.</summary>
public partial class DeployFilesTests
{
    public static TheoryData<string> Files =>
        ["docker-compose.yml", "deploy/Containerfile", "deploy/usermanagement.service", "deploy/stand-ins/up"];

    [Theory, MemberData(nameof(Files))]
    public void Every_setting_that_is_named_is_a_setting(string file)
    {
        var text = File.ReadAllText(Repository.At(file));
        var named = Variable().Matches(text).Select(m => m.Value).Distinct().ToList();

        Assert.Empty(named.Except(SettingNames.All.Select(s => s.Variable)));
        Assert.True(named.Count > 0 || file.EndsWith("up", StringComparison.Ordinal), $"{file} names no setting");
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_verb_that_is_called_is_a_verb(string file)
    {
        var called = Call()
            .Matches(File.ReadAllText(Repository.At(file)))
            .Select(m => m.Groups[1].Value)
            .Where(words => !words.StartsWith("simulate", StringComparison.Ordinal))
            .ToList();

        Assert.All(
            called,
            words =>
                Assert.Contains(
                    CommandLine.Verbs,
                    verb => words == verb.Name || words.StartsWith(verb.Name + " ", StringComparison.Ordinal)
                )
        );
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080/")]
    [InlineData("http://[::]:8080", "http://[::1]:8080/")]
    [InlineData("http://localhost:5080", "http://localhost:5080/")]
    [InlineData("http://10.1.2.3:80", "http://10.1.2.3/")]
    public void A_server_is_asked_where_its_own_machine_reaches_it(string listening, string asked) =>
        Assert.Equal(asked, ReadyVerb.Near(new(listening)).ToString());

    [GeneratedRegex("USERMANAGEMENT_[A-Z_]+")]
    private static partial Regex Variable();

    // `usermanagement workspace create ...` in a comment, ["usermanagement", "ready"] in a health check
    [GeneratedRegex("""(?:server |^#.*`)usermanagement ([a-z-]+(?: [a-z-]+)?)""", RegexOptions.Multiline)]
    private static partial Regex Call();
}
