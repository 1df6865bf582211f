using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about the keys of whoever runs the server, one after the other over one data folder.</summary>
public class OperatorKeyVerbsTests
{
    [Fact]
    public async Task A_key_is_made_listed_without_itself_and_revoked()
    {
        var data = TestFolder.New();
        var (code, output, _) = await RunAsync(data, "operator", "key", "create", "Our billing", "--days", "30");
        Assert.Equal(0, code);
        Assert.Contains("/api/v1/operator\n", output, StringComparison.Ordinal);
        var key = output.Split("Operator key: ")[1].Split('\n')[0].Trim();
        Assert.StartsWith("umop_", key, StringComparison.Ordinal);

        var listed = (await RunAsync(data, "operator", "key", "list")).Output;
        Assert.StartsWith("live    until 20", listed, StringComparison.Ordinal);
        Assert.EndsWith(" Our billing", listed.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed, StringComparison.Ordinal);
        Assert.Equal("", (await RunAsync(data, "operator", "list")).Output); // nobody was let in by it

        var revoked = await RunAsync(data, "operator", "key", "revoke", "our billing");
        Assert.Equal((0, "Revoked: Our billing."), (revoked.Code, revoked.Output.Trim()));
        Assert.Equal("", (await RunAsync(data, "operator", "key", "list")).Output);
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_makes_no_key()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "operator", "key", "create", "Billing")).Code);
        var twice = await RunAsync(data, "operator", "key", "create", "billing");
        Assert.Equal(1, twice.Code);
        Assert.Contains("already", twice.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(data, "operator", "key", "create", "Other", "--days", "731")).Code);
        Assert.Equal(2, (await RunAsync(data, "operator", "key", "create", "Other", "--days", "0")).Code);
        Assert.Equal(2, (await RunAsync(data, "operator", "key", "create")).Code);
        Assert.Equal(2, (await RunAsync(data, "operator", "key")).Code);
        Assert.Equal(1, (await RunAsync(data, "operator", "key", "create", new string('x', 101))).Code);
        var missing = await RunAsync(data, "operator", "key", "revoke", "Other");
        Assert.Equal((1, "There is no operator key Other."), (missing.Code, missing.Error.Trim()));
        Assert.Single((await RunAsync(data, "operator", "key", "list")).Output.Trim().Split('\n'));
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
