using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using UserManagement.Testing;

namespace UserManagement.EndToEnd.Tests.Rig;

/// <summary>
/// The built server as a process of its own, as an operator runs it: started, killed without warning, started again on
/// the same port and data; and its verbs.
/// </summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "UserManagement.Host.dll");
    private readonly string[] settings;
    private readonly StringBuilder printed = new();
    private Process? process;

    /// <param name="database">Its database, empty or not; null for the SQLite file that a first start makes.</param>
    public HostProcess(TestDatabase? database = null)
    {
        Data = TestFolder.New();
        Url = $"http://localhost:{FreePort().ToString(CultureInfo.InvariantCulture)}";
        settings = database is null
            ? ["--data", Data]
            : ["--data", Data, "--Storage:Provider", database.Kind.ToString(), "--Storage:ConnectionString", database.ConnectionString, "--MasterKey", Convert.ToBase64String(TestDatabase.MasterKey)];
    }

    /// <summary>The data folder.</summary>
    public string Data { get; }

    /// <summary>Where it is reached.</summary>
    public string Url { get; }

    /// <summary>All it printed since it was made, over all starts.</summary>
    public string Printed
    {
        get
        {
            lock (printed)
            {
                return printed.ToString();
            }
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StartAsync()
    {
        var clock = Stopwatch.StartNew();
        process = Process.Start(StartInfo(["serve", "--urls", Url, .. settings]))!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        while (clock.Elapsed < TimeSpan.FromSeconds(60))
        {
            if (process.HasExited)
            {
                break;
            }

            try
            {
                using var answer = await http.GetAsync(new Uri(Url + "/readyz"));
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return clock.Elapsed;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // not yet
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException("The server did not become ready. It printed:\n" + Printed);
    }

    /// <summary>Ends it as a power cut would: SIGKILL, no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        if (process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
        }

        process?.Dispose();
        process = null;
    }

    /// <summary>What it printed behind a label: <c>SCIM token</c>.</summary>
    public async Task<string> LabelAsync(string label)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            if (Printed.Split('\n').FirstOrDefault(l => l.StartsWith(label + ": ", StringComparison.Ordinal)) is { } line)
            {
                return line[(label.Length + 2)..].Trim();
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException($"The server printed no '{label}'. It printed:\n{Printed}");
    }

    /// <summary>Runs a verb on the same database.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public async Task<(int Code, string Printed)> RunAsync(params string[] verb)
    {
        using var run = Process.Start(StartInfo([.. verb, .. settings]))!;
        var both = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        return (run.ExitCode, string.Concat(both));
    }

    /// <summary>Makes a workspace in the seats preset and a token for its directory, by the verbs.</summary>
    public async Task<string> TokenAsync(string slug)
    {
        var workspace = await RunAsync("workspace", "create", slug, "--preset", "seats");
        var token = workspace.Code == 0 ? await RunAsync("scim-token", "create", slug) : workspace;
        return token.Code == 0
            ? token.Printed.Split([' ', '\n', '"'], StringSplitOptions.TrimEntries).First(w => w.StartsWith("umscim_", StringComparison.Ordinal))
            : throw new InvalidOperationException(token.Printed);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments) => new("dotnet", [Program, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = TestFolder.Root,
    };

    private void Keep(string? line)
    {
        lock (printed)
        {
            printed.AppendLine(line);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
