using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>A workspace as a file, from the command line.</summary>
public class DeclaredVerbsTests
{
    [Fact]
    public async Task A_file_is_exported_planned_applied_and_applied_again()
    {
        var data = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme")).Code);
        var (code, exported, _) = await RunAsync(data, "workspace", "export", "acme");
        Assert.Equal(0, code);
        var file = Path.Combine(TestFolder.New(), "acme.json");
        await File.WriteAllTextAsync(file, exported);
        Assert.Contains("nothing to do", (await RunAsync(data, "workspace", "apply", file)).Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(
            file,
            exported.Replace("\"groups\": []", "\"groups\": [{ \"name\": \"Sales\" }]", StringComparison.Ordinal)
        );
        var plan = await RunAsync(data, "workspace", "apply", file, "--plan");
        Assert.Equal((0, "would: make the group Sales\nNothing was done.\n"), (plan.Code, plan.Output));
        Assert.Equal("done: make the group Sales\nacme is like the file.\n", (await RunAsync(data, "workspace", "apply", file)).Output);
        Assert.Contains("nothing to do", (await RunAsync(data, "workspace", "apply", file, "--plan")).Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, exported.Replace("\"groups\"", "\"grups\"", StringComparison.Ordinal));
        var refused = await RunAsync(data, "workspace", "apply", file);
        Assert.Equal(1, refused.Code);
        Assert.Contains("acme.json: grups: ", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(data, "workspace", "apply", file + ".gone")).Code);
        Assert.Equal(1, (await RunAsync(data, "workspace", "export", "nowhere")).Code);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
