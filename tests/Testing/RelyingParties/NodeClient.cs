using System.Diagnostics;
using System.Text.Json;

namespace UserManagement.Testing;

/// <summary>
/// An app on openid-client (npm, a certified relying party; <c>openid-client.js</c> beside this file), as a process. Where it needs a
/// browser the test is one.
/// </summary>
public static class NodeClient
{
    /// <summary>Where the packages are.</summary>
    public static string Folder { get; } = Repository.At("tests/Testing/RelyingParties");

    /// <summary>Goes through sign-in, UserInfo, refresh and sign-out.</summary>
    /// <param name="browse">Opens an address and gives back where the browser was sent to, off the server.</param>
    /// <param name="words">Issuer, client id, secret, redirect address, address behind signing out.</param>
    /// <returns>What it learned.</returns>
    public static async Task<JsonElement> RunAsync(Func<string, Task<string>> browse, params string[] words)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            throw new InvalidOperationException("openid-client is not installed. ./test does it; by hand: npm ci in " + Folder);
        }

        using var process = Process.Start(
            new ProcessStartInfo("node", ["openid-client.js", .. words])
            {
                WorkingDirectory = Folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith('{'))
            {
                await process.WaitForExitAsync();
                return JsonDocument.Parse(line).RootElement;
            }

            await process.StandardInput.WriteLineAsync(await browse(line));
            await process.StandardInput.FlushAsync();
        }

        throw new InvalidOperationException("openid-client did not come to its end:\n" + await errors);
    }
}
