using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about the keys of programs, one after the other over one data folder.</summary>
public class ApiKeyVerbsTests
{
    [Fact]
    public async Task A_key_is_made_listed_without_itself_and_revoked()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        var (code, output, _) = await RunAsync(data, "api-key", "create", "acme", "admin", "--name", "HR system", "--days", "30");
        Assert.Equal(0, code);
        Assert.Contains("/api/v1/workspaces/acme", output, StringComparison.Ordinal);
        var key = output.Split("API key: ")[1].Trim();
        Assert.StartsWith("umapi_", key, StringComparison.Ordinal);

        var listed = (await RunAsync(data, "api-key", "list", "acme")).Output;
        Assert.Contains("live", listed, StringComparison.Ordinal);
        Assert.Contains("never used", listed, StringComparison.Ordinal);
        Assert.EndsWith("HR system", listed.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("..." + key[^4..], listed, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed, StringComparison.Ordinal);

        var revoked = await RunAsync(data, "api-key", "revoke", "acme", listed.Split(' ')[0]);
        Assert.Equal((0, $"Revoked: HR system (...{key[^4..]})."), (revoked.Code, revoked.Output.Trim()));
        Assert.Contains(" revoked ", (await RunAsync(data, "api-key", "list", "acme")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_makes_no_key()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        Assert.Contains("no such role", (await RunAsync(data, "api-key", "create", "acme", "king")).Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(data, "api-key", "create", "acme", "admin", "--days", "367")).Code);
        Assert.Equal(2, (await RunAsync(data, "api-key", "create", "acme")).Code);
        Assert.Equal(1, (await RunAsync(data, "api-key", "create", "nowhere", "admin")).Code);
        Assert.Equal(1, (await RunAsync(data, "api-key", "list", "nowhere")).Code);
        Assert.Equal(2, (await RunAsync(data, "api-key", "revoke", "acme", "no-id")).Code);
        Assert.Equal(1, (await RunAsync(data, "api-key", "revoke", "acme", "0198c0de-0000-7000-8000-000000000001")).Code);
        Assert.Equal("", (await RunAsync(data, "api-key", "list", "acme")).Output);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
