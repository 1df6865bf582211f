using System.Text;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about connections and the sign-in policy, one after the other over one data folder.</summary>
public class SignInVerbsTests
{
    [Fact]
    public async Task A_policy_is_shown_set_and_refused_in_the_words_it_is_shown_in()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        Assert.Contains("passwords            on", (await RunAsync(data, "policy", "show", "acme")).Output, StringComparison.Ordinal);
        var (code, output, error) = await RunAsync(
            data,
            "policy",
            "set",
            "acme",
            "--passwords",
            "off",
            "--connections",
            "none",
            "--domains",
            "Acme.com",
            "--unknown-may-join",
            "yes",
            "--join-role",
            "viewer",
            "--mfa",
            "required",
            "--mfa-counts-provider",
            "yes"
        );
        Assert.Equal(0, code);
        Assert.Contains("Nobody can sign in to it now", error, StringComparison.Ordinal);
        foreach (
            var line in (string[])
                [
                    "passwords            off",
                    "connections          none",
                    "domains              acme.com",
                    "join-role            viewer",
                    "mfa                  required",
                ]
        )
        {
            Assert.Contains(line, output, StringComparison.Ordinal);
        }

        // the way back in
        Assert.Contains("/enter/", (await RunAsync(data, "admin", "invite", "acme", "ada@example.org")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(data, "policy", "set", "acme", "--tenants", "contoso")).Code);
        Assert.Equal(1, (await RunAsync(data, "policy", "set", "acme", "--join-role", "admin")).Code);
        Assert.Equal(1, (await RunAsync(data, "policy", "set", "nowhere", "--mfa", "off")).Code);
        Assert.Equal(2, (await RunAsync(data, "policy", "set", "acme", "--mfa", "sometimes")).Code);
        Assert.Equal(2, (await RunAsync(data, "policy", "set", "acme", "--connections", "google")).Code);
    }

    [Fact]
    public async Task A_connection_that_cannot_be_reached_or_read_is_refused_and_its_secret_repeated_nowhere()
    {
        const string Secret = "a-client-secret-of-theirs";
        var data = TestFolder.New();
        var file = Path.Combine(TestFolder.New(), "secret");
        await File.WriteAllTextAsync(file, Secret + "\n", Encoding.UTF8, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme")).Code);
        Assert.Equal(2, (await RunAsync(data, "connection", "create", "facebook", "--client-id", "x")).Code);
        Assert.Equal(2, (await RunAsync(data, "connection", "create", "oidc", "--secret-file", file + ".missing")).Code);
        // no issuer
        Assert.Equal(1, (await RunAsync(data, "connection", "create", "oidc", "--client-id", "x", "--secret-file", file)).Code);
        var (code, output, error) = await RunAsync(
            data,
            "connection",
            "create",
            "oidc",
            "--workspace",
            "acme",
            "--issuer",
            "https://127.0.0.1:1",
            "--client-id",
            "x",
            "--secret-file",
            file
        );
        Assert.Equal(1, code);
        Assert.Contains("cannot be dialled from here", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, output + error, StringComparison.Ordinal);
        Assert.Equal("", (await RunAsync(data, "connection", "list")).Output);
        Assert.Equal(1, (await RunAsync(data, "connection", "list", "--workspace", "nowhere")).Code);
        Assert.Equal(1, (await RunAsync(data, "connection", "change", "0198c0de-0000-7000-8000-000000000001", "--enabled", "no")).Code);
        Assert.Equal(1, (await RunAsync(data, "connection", "remove", "nothing")).Code);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
