using System.Diagnostics;
using System.Globalization;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Servers;

/// <summary>The npm library scimmy as a server (<c>Peers/Scimmy/server.js</c>): a process on a free port, ended with this one.</summary>
internal sealed class ScimmyProcess : IDisposable
{
    private readonly Process _process;

    private ScimmyProcess(Process process, int port)
    {
        _process = process;
        Url = new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    public Uri Url { get; }

    public int Id => _process.Id;

    /// <summary>Starts it; its packages are installed by npm where they are missing.</summary>
    public static async Task<ScimmyProcess> StartAsync()
    {
        var folder = Repository.At("tests/Benchmarks/Peers/Scimmy");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            using var npm = Process.Start(
                new ProcessStartInfo("npm", ["ci", "--no-progress"]) { WorkingDirectory = folder, RedirectStandardOutput = true }
            )!;
            await npm.StandardOutput.ReadToEndAsync();
            await npm.WaitForExitAsync();
        }

        var process = Process.Start(
            new ProcessStartInfo("node", ["server.js"])
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        return await process.StandardOutput.ReadLineAsync() is { } line && line.StartsWith("listening ", StringComparison.Ordinal)
            ? new(process, int.Parse(line["listening ".Length..], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException("scimmy did not start.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close(); // it ends with its input, also when this process dies
        _process.WaitForExit();
        _process.Dispose();
    }
}
