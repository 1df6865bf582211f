using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>A sealed audit log, from the server to whoever checks it without one.</summary>
public class AuditVerbsTests
{
    [Fact]
    public async Task An_exported_log_is_checked_by_the_file_and_the_key_alone()
    {
        var data = TestFolder.New();
        var folder = TestFolder.New();
        Assert.Equal(0, (await RunAsync(data, "workspace", "create", "acme")).Code);
        Assert.Equal(0, (await RunAsync(data, "admin", "invite", "acme", "ada@example.org")).Code);
        var (log, key, heads) = (Path.Combine(folder, "acme.jsonl"), Path.Combine(folder, "key.pem"), Path.Combine(folder, "heads.jsonl"));
        var export = await RunAsync(data, "audit", "export", "acme");
        Assert.Equal(0, export.Code);
        await File.WriteAllTextAsync(log, export.Output);
        await File.WriteAllTextAsync(key, (await RunAsync(data, "audit", "key")).Output);
        await File.WriteAllTextAsync(heads, export.Output.TrimEnd().Split('\n')[^1]["{\"head\":".Length..^1] + "\n");

        var elsewhere = TestFolder.New(); // no server, no database
        var (code, output, _) = await RunAsync(elsewhere, "audit", "verify", log, "--key", key, "--heads", heads);
        Assert.Equal(0, code);
        Assert.Contains("lines agree with the head of", output, StringComparison.Ordinal);
        Assert.EndsWith("1 kept heads agree.", output.TrimEnd(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));

        await File.WriteAllTextAsync(log, export.Output.Replace("ada@example.org", "eve@example.org", StringComparison.Ordinal));
        var forged = await RunAsync(elsewhere, "audit", "verify", log, "--key", key);
        Assert.Equal(1, forged.Code);
        Assert.Contains("does not say what it said", forged.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(elsewhere, "audit", "verify", log + ".gone", "--key", key)).Code);
        Assert.Equal(2, (await RunAsync(elsewhere, "audit", "verify", log)).Code);
        Assert.Equal(1, (await RunAsync(data, "audit", "export", "nowhere")).Code);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string data, params string[] words) =>
        VerbRun.RunAsync([.. words, "--data", data]);
}
