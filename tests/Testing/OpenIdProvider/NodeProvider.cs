using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace UserManagement.Testing;

/// <summary>
/// A certified OpenID provider (npm oidc-provider, <c>server.js</c> beside this file) in the dress of Google or Entra, for
/// browsers: people choose their account on its page. On 127.0.0.1, so that it is another site than the server's localhost.
/// </summary>
public sealed class NodeProvider : IAsyncDisposable
{
    /// <summary>The client that it knows.</summary>
    public const string ClientId = "usermanagement";

    /// <summary>That client's secret.</summary>
    public const string ClientSecret = "a-client-secret-of-the-tests";

    private readonly Process _process;

    private NodeProvider(Process process, int port)
    {
        _process = process;
        Base = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Its address; as Google the issuer.</summary>
    public string Base { get; }

    /// <summary>As Entra the authority for people of any tenant.</summary>
    public string Common => Base + "/common/v2.0";

    /// <summary>Starts it.</summary>
    /// <param name="dress"><c>google</c> or <c>entra</c>.</param>
    /// <param name="people">Each account by the name on its button, with the claims that the ID token bears; at Entra <c>tid</c> among
    /// them.</param>
    public static async Task<NodeProvider> StartAsync(string dress, IReadOnlyDictionary<string, object> people)
    {
        var folder = Repository.At("tests/Testing/OpenIdProvider");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            throw new InvalidOperationException(
                "oidc-provider is not installed. ./test does it; by hand: npm ci in tests/Testing/OpenIdProvider."
            );
        }

        var process = Process.Start(
            new ProcessStartInfo("node", ["server.js", dress, JsonSerializer.Serialize(people)])
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("listening ", StringComparison.Ordinal))
            {
                return new(process, int.Parse(line["listening ".Length..], CultureInfo.InvariantCulture));
            }
        }

        throw new InvalidOperationException("The provider did not start.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // it ends with its input, also when this process dies
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
