using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace UserManagement.Testing;

/// <summary>
/// The built server as a process of its own, as an operator runs it: started, asked to end or killed without warning, and started
/// again on the same address and data. For what a process adds; everything else is quicker with a <see cref="TestServer"/>.
/// </summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "UserManagement.Host.dll");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly string[] _settings;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private Process? _process;

    /// <param name="data">The data folder; null for a new one.</param>
    /// <param name="settings">More settings, as words of the command line.</param>
    public HostProcess(string? data = null, params string[] settings)
        : this(["--data", data ?? TestFolder.New(), .. settings], FreePort.Url()) { }

    /// <summary>On a test's database.</summary>
    public HostProcess(TestDatabase database)
        : this(
            null,
            "--Storage:Provider",
            database.Kind.ToString(),
            "--Storage:ConnectionString",
            database.ConnectionString,
            "--MasterKey",
            Convert.ToBase64String(TestDatabase.MasterKey)
        ) { }

    private HostProcess(string[] settings, string url) => (_settings, Url) = (settings, url);

    /// <summary>Where it is reached.</summary>
    public string Url { get; }

    /// <summary>All it printed since it was made, over all starts.</summary>
    public string Output => Text(_output);

    /// <summary>All it printed as errors, the log among them.</summary>
    public string Error => Text(_error);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A server on a folder, started and ready.</summary>
    public static async Task<HostProcess> ServeAsync(string data, params string[] settings)
    {
        var server = new HostProcess(data, settings);
        await server.StartAsync();
        return server;
    }

    /// <summary>Runs any words to their end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        await using var run = new HostProcess([], "");
        run.Launch(words);
        return (await run.ExitAsync(), run.Output, run.Error);
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StartAsync()
    {
        var clock = Stopwatch.StartNew();
        return await TryStartAsync()
            ? clock.Elapsed
            : throw new InvalidOperationException($"The server did not become ready. It printed:\n{Output}\n{Error}");
    }

    /// <summary>Starts it and waits until it is ready or has ended.</summary>
    /// <returns>Whether it is ready.</returns>
    public async Task<bool> TryStartAsync()
    {
        var running = Launch();
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var isReady = false;
        await Until.TrueAsync(
            async () =>
            {
                try
                {
                    using var answer = await http.GetAsync(new Uri(Url + "/readyz"), Ct);
                    isReady = answer.StatusCode == HttpStatusCode.OK;
                }
                catch (Exception e)
                    when (e is HttpRequestException or SocketException or TaskCanceledException && !Ct.IsCancellationRequested)
                {
                    await Task.Delay(Pause, Ct); // not yet: every refused call costs the processor that the start needs
                }

                return isReady || running.HasExited;
            },
            $"{Url} is ready"
        );
        if (!isReady)
        {
            await running.WaitForExitAsync(Ct); // and with it all that it printed
        }

        return isReady;
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public Process Launch() => Launch(["serve", "--urls", Url, .. _settings]);

    /// <summary>Waits for a line and returns what stands behind its start: <c>SCIM token: </c>.</summary>
    public Task<string> UntilPrintedAsync(string start) =>
        Until.FoundAsync(
            () => Output.Split('\n').FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..].Trim(),
            $"{start}\n{Output}\n{Error}"
        );

    /// <summary>Asks it to end as a service manager does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Ct);
        return await ExitAsync();
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await _process!.WaitForExitAsync(Ct).WaitAsync(Until.Longest, Ct);
        return _process.ExitCode;
    }

    /// <summary>Ends it as a power cut would: SIGKILL, no chance to finish anything.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    private Process Launch(IEnumerable<string> words)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = TestFolder.New(),
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return _process;
    }

    private static void Keep(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.Append(line).Append('\n');
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
