using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>The verbs about apps, one after the other over one database.</summary>
public class ClientVerbsTests
{
    [Theory, EachDatabase]
    public async Task An_app_is_registered_listed_without_its_secret_given_another_and_removed(Database kind)
    {
        await using var database = await TestDatabase.NewAsync(kind);
        string[] data =
        [
            "--data",
            TestFolder.New(),
            "--Storage:Provider",
            kind.ToString(),
            "--Storage:ConnectionString",
            database.ConnectionString,
            "--MasterKey",
            Convert.ToBase64String(TestDatabase.MasterKey),
        ];
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme", "--preset", "seats")).Code);
        var (code, output, _) = await RunAsync(
            data,
            "client",
            "create",
            "notes",
            "--redirect",
            "https://notes.example.org/cb",
            "--offline",
            "yes"
        );
        Assert.Equal(0, code);
        Assert.Contains("/.well-known/openid-configuration", output, StringComparison.Ordinal);
        var secret = output.Split("Client secret: ")[1].Trim();
        Assert.Equal(0, (await RunAsync(data, "client", "create", "nightly", "--workspace", "acme", "--machine", "yes")).Code);

        var listed = (await RunAsync(data, "client", "list")).Output;
        Assert.Contains("..." + secret[^4..], listed, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        Assert.Contains(" never-used ", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("nightly", listed, StringComparison.Ordinal);
        Assert.Contains("nightly", (await RunAsync(data, "client", "list", "--workspace", "acme")).Output, StringComparison.Ordinal);

        Assert.StartsWith("Client secret: umapp_", (await RunAsync(data, "client", "secret", "notes")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(data, "client", "secret", "notes")).Code);
        Assert.Equal(0, (await RunAsync(data, "client", "secret", "notes", "--remove", listed.Split(' ', '=')[1])).Code);
        Assert.Equal(
            0,
            (await RunAsync(data, "client", "change", "notes", "--needs-seat", "yes", "--start", "https://notes.example.org")).Code
        );
        Assert.Equal(0, (await RunAsync(data, "client", "change", "notes", "--start", "none", "--name", "Our notes")).Code);
        Assert.Equal(0, (await RunAsync(data, "client", "change", "notes", "--pkce", "no")).Code);
        Assert.Equal(1, (await RunAsync(data, "client", "change", "notes", "--public", "yes")).Code); // such an app needs PKCE
        Assert.Contains("Our notes", (await RunAsync(data, "client", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(data, "client", "change", "notes", "--redirect", "http://notes.example.org/cb")).Code);
        Assert.Equal(1, (await RunAsync(data, "client", "change", "nowhere", "--name", "x")).Code);
        string[] program = ["client", "change", "nightly", "--workspace", "acme", "--scopes", "api,scim", "--role", "viewer"];
        Assert.Equal(0, (await RunAsync(data, program)).Code);
        Assert.Equal(1, (await RunAsync(data, "client", "remove", "nightly")).Code); // of a workspace, which was not named
        Assert.Equal(0, (await RunAsync(data, "client", "remove", "notes")).Code);
        Assert.Equal("", (await RunAsync(data, "client", "list")).Output);
        Assert.Equal(0, (await RunAsync(data, "app-keys", "rotate")).Code);

        foreach (
            var wrong in new string[][]
            {
                ["bad", "--redirect", "http://notes.example.org/cb"],
                ["bad", "--redirect", "https://notes.example.org/cb#x"],
                ["bad", "--redirect", "https://*.example.org/cb"],
                ["bad", "--redirect", "javascript:alert(1)"],
                ["bad"],
                ["b"],
                ["nightly", "--machine", "yes"],
                ["bad", "--machine", "yes", "--public", "yes"],
                ["bad", "--machine", "yes", "--scopes", "all"],
                ["bad", "--machine", "yes", "--workspace", "nowhere"],
            }
        )
        {
            Assert.Equal(1, (await RunAsync(data, ["client", "create", .. wrong])).Code);
        }
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string[] data, params string[] words) =>
        VerbRun.RunAsync([.. words, .. data]);
}
