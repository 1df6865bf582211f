using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using UserManagement.Testing;

namespace UserManagement.Drills.Servers;

/// <summary>One build of the product: a folder with the published host, and the database that it works on.</summary>
/// <param name="Name">What the report calls it: <c>old</c>, <c>new</c>.</param>
/// <param name="Folder">Where <c>UserManagement.Host.dll</c> lies.</param>
/// <param name="Data">The data folder; on SQLite the database lies in it.</param>
/// <param name="Postgres">The connection string; null for SQLite.</param>
internal sealed record Build(string Name, string Folder, string Data, string? Postgres)
{
    /// <summary>The cgroup in which servers and verbs run; null for this process's own.</summary>
    public string? Group { get; init; }

    private IEnumerable<string> Settings =>
        [
            "--data",
            Data,
            "--LogLevel",
            "Warning",
            .. Postgres is null ? Array.Empty<string>() : ["--Storage:Provider", "Postgres", "--Storage:ConnectionString", Postgres],
        ];

    /// <summary>Runs a verb to its end.</summary>
    public async Task<(int Code, string Printed)> RunAsync(params string[] verb)
    {
        using var run = Process.Start(Start([.. verb, .. Settings]))!;
        var both = await Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await run.WaitForExitAsync();
        return (run.ExitCode, string.Concat(both));
    }

    /// <summary>Runs a verb that must be done.</summary>
    public async Task<string> MustAsync(params string[] verb)
    {
        var (code, printed) = await RunAsync(verb);
        return code == 0 ? printed : throw new InvalidOperationException($"{Name}: {string.Join(' ', verb)} ended with {code}: {printed}");
    }

    /// <summary>Runs a verb and kills it after a while.</summary>
    public async Task KilledAsync(TimeSpan after, params string[] verb)
    {
        using var run = Process.Start(Start([.. verb, .. Settings]))!;
        var both = Task.WhenAll(run.StandardOutput.ReadToEndAsync(), run.StandardError.ReadToEndAsync());
        await Task.WhenAny(run.WaitForExitAsync(), Task.Delay(after));
        run.Kill();
        await run.WaitForExitAsync();
        await both;
    }

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="more">Further settings.</param>
    public Task<RunningServer> ServeAsync(params string[] more)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        listener.Stop();
        return ServeAtAsync(url, more);
    }

    /// <summary>The same at an address of one's own.</summary>
    public async Task<RunningServer> ServeAtAsync(string url, params string[] more)
    {
        var server = new RunningServer(
            this,
            new(url),
            Process.Start(
                Start([
                    "serve",
                    "--urls",
                    url,
                    "--Api:RequestsPerMinute",
                    "1000000",
                    "--Scim:RequestsPerSecond",
                    "0",
                    "--SignIn:PostsPerMinute",
                    "1000000",
                    "--SignIn:LinksPerMinute",
                    "1000000",
                    .. Settings,
                    .. more,
                ])
            )!
        );
        await server.ReadyAsync();
        return server;
    }

    private ProcessStartInfo Start(IEnumerable<string> words)
    {
        string[] command = ["dotnet", Path.Combine(Folder, "UserManagement.Host.dll"), .. words];
        string[] within = Group is null ? command : ["sh", "-c", "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"", Group, .. command];
        var start = new ProcessStartInfo(within[0], within[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Data,
        };
        if (Postgres is not null)
        {
            start.Environment["USERMANAGEMENT_MASTERKEY"] = Convert.ToBase64String(TestDatabase.MasterKey);
        }

        return start;
    }
}

/// <summary>A server that runs, with what it printed.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private bool _isOver;

    public RunningServer(Build build, Uri url, Process process)
    {
        (Build, Url, _process) = (build, url, process);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
    }

    /// <summary>Which build.</summary>
    public Build Build { get; }

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Where it is reached.</summary>
    public Uri Url { get; }

    /// <summary>All that it printed.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
            {
                return _printed.ToString();
            }
        }
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(90) && !_process.HasExited; await Task.Delay(100))
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Url, "/readyz"));
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
            {
                // not yet
            }
        }

        throw new InvalidOperationException($"{Build.Name} did not become ready: {Printed}");
    }

    /// <summary>Sends it a signal: <c>TERM</c>, <c>KILL</c>, <c>STOP</c>, <c>CONT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it has ended; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(40));
        return _process.ExitCode;
    }

    /// <summary>Ends it as an operator does (SIGTERM) and waits.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (!_process.HasExited)
        {
            await SignalAsync("TERM");
            await EndAsync();
        }

        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // ended or disposed before
        }
    }

    private void Keep(string? line)
    {
        lock (_printed)
        {
            _printed.AppendLine(line);
        }
    }
}
