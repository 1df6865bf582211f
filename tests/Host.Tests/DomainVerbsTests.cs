using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about joining by e-mail domain, one after the other over one data folder.</summary>
public class DomainVerbsTests
{
    [Fact]
    [Shows("S4-35")]
    public async Task The_operator_opens_and_shuts_the_gate_and_says_whose_a_domain_is()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        Assert.Equal("Joining by domain is not allowed.", (await RunAsync(data, "domain", "list", "acme")).Output.Trim());
        Assert.Equal(0, (await RunAsync(data, "domain", "allow", "acme", "yes")).Code);
        Assert.Equal("corp.example counts as proven.", (await RunAsync(data, "domain", "verify", "acme", "Corp.Example")).Output.Trim());
        Assert.Equal(0, (await RunAsync(data, "domain", "verify", "acme", "corp.example")).Code);
        var listed = (await RunAsync(data, "domain", "list", "acme")).Output;
        Assert.Contains("Joining by domain is allowed.", listed, StringComparison.Ordinal);
        Assert.Contains("proven by operator", listed, StringComparison.Ordinal);

        Assert.Contains(
            "Anybody gets an address",
            (await RunAsync(data, "domain", "verify", "acme", "gmail.com")).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(2, (await RunAsync(data, "domain", "allow", "acme", "perhaps")).Code);
        foreach (
            var words in (string[][])
                [
                    ["allow", "nowhere", "no"],
                    ["list", "nowhere"],
                    ["verify", "nowhere", "corp.example"],
                ]
        )
        {
            Assert.Equal(1, (await RunAsync(data, ["domain", .. words])).Code);
        }

        Assert.Equal(2, (await RunAsync(data, "workspace", "list", "--Dns:Server", "no address")).Code);
        Assert.Equal(0, (await RunAsync(data, "domain", "allow", "acme", "no")).Code);
        Assert.Contains("not allowed", (await RunAsync(data, "domain", "list", "acme")).Output, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
