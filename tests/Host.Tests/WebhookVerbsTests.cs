using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about endpoints, one after the other over one data folder.</summary>
public class WebhookVerbsTests
{
    [Fact]
    public async Task An_endpoint_is_added_listed_without_its_secret_and_removed()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        var (code, output, _) = await RunAsync(
            data,
            "webhook",
            "create",
            "acme",
            "https://app.example.org/hook",
            "--types",
            "member.joined"
        );
        Assert.Equal(0, code);
        var secret = output.Split("Secret: ")[1].Trim();
        var id = output.Split("Id: ")[1].Split('\n')[0].Trim();
        var listed = (await RunAsync(data, "webhook", "list", "acme")).Output;
        Assert.Equal($"{id} on never https://app.example.org/hook app.example.org", listed.Trim());
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        foreach (
            var wrong in new string[][]
            {
                ["acme", "http://app.example.org/hook"],
                ["acme", "nowhere"],
                ["acme", "https://app.example.org/", "--types", "member.exploded"],
                ["acme", "https://app.example.org/", "--audience", "x"],
                ["nowhere", "https://app.example.org/"],
            }
        )
        {
            Assert.Equal(1, (await RunAsync(data, ["webhook", "create", .. wrong])).Code);
        }

        Assert.Equal(2, (await RunAsync(data, "webhook", "remove", "acme", "x")).Code);
        Assert.Equal(0, (await RunAsync(data, "webhook", "remove", "acme", id)).Code);
        Assert.Equal(1, (await RunAsync(data, "webhook", "remove", "acme", id)).Code);
        Assert.Equal("", (await RunAsync(data, "webhook", "list", "acme")).Output);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
