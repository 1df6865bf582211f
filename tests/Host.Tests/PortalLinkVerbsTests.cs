using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about links to the set-up portal, one after the other over one data folder.</summary>
public class PortalLinkVerbsTests
{
    [Fact]
    public async Task A_link_is_made_listed_without_itself_and_revoked()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        var (code, output, _) = await RunAsync(
            data,
            "portal-link",
            "create",
            "acme",
            "Jo of IT",
            "--opens",
            "directory,domain",
            "--days",
            "3"
        );
        Assert.Equal(0, code);
        var secret = output.Trim().Split("/portal/")[1];
        Assert.Equal(43, secret.Length);

        var listed = (await RunAsync(data, "portal-link", "list", "acme")).Output;
        Assert.Contains(" live    directory,domain ", listed, StringComparison.Ordinal);
        Assert.EndsWith("never used       Jo of IT", listed.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);

        var revoked = await RunAsync(data, "portal-link", "revoke", "acme", listed.Split(' ')[0]);
        Assert.Equal((0, "Revoked: the link for Jo of IT."), (revoked.Code, revoked.Output.Trim()));
        Assert.Contains(" revoked ", (await RunAsync(data, "portal-link", "list", "acme")).Output, StringComparison.Ordinal);

        Assert.Equal(2, (await RunAsync(data, "portal-link", "create", "acme", "Jo", "--opens", "everything")).Code);
        Assert.Equal(2, (await RunAsync(data, "portal-link", "create", "acme", "Jo", "--days", "31")).Code);
        Assert.Equal(2, (await RunAsync(data, "portal-link", "create", "acme")).Code);
        Assert.Equal(1, (await RunAsync(data, "portal-link", "create", "acme", "Jo", "--mail", "nobody")).Code);
        Assert.Equal(1, (await RunAsync(data, "portal-link", "create", "nowhere", "Jo")).Code);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
