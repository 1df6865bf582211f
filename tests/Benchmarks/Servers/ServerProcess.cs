using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UserManagement.Benchmarks.Databases;
using UserManagement.Benchmarks.Seeding;
using UserManagement.Testing;

namespace UserManagement.Benchmarks.Servers;

/// <summary>A server under measure: a process of its own on a free port, ended with this one.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public Uri Url { get; }

    public int Id => _process.Id;

    /// <summary>An earlier build of the product over the same database.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="folder">Where it was published.</param>
    public static Task<ServerProcess> StartHostAsync(BenchDatabase database, string folder) => StartHostAsync(database.Target, folder);

    /// <inheritdoc cref="StartHostAsync(BenchDatabase, string)"/>
    public static Task<ServerProcess> StartHostAsync(DatabaseTarget target, string folder) => StartHostAsync(target, folder, false, []);

    /// <summary>Runs a verb of a build to its end.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunVerbAsync(DatabaseTarget target, string folder, params string[] verb)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "UserManagement.Host.dll"), .. verb, .. Settings(target)])
        {
            WorkingDirectory = TestFolder.New(),
            RedirectStandardOutput = true,
        };
        start.Environment["USERMANAGEMENT_MASTERKEY"] = Convert.ToBase64String(TestDatabase.MasterKey);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var told = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? told
            : throw new InvalidOperationException($"{string.Join(' ', verb)} ended with {process.ExitCode}.");
    }

    /// <summary>The bytes that a process has handed to the file system until now.</summary>
    public static long WrittenBy(int process) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/io").First(l => l.StartsWith("wchar: ", StringComparison.Ordinal)).AsSpan(7),
            CultureInfo.InvariantCulture
        );

    /// <summary>The product itself, as an operator starts it.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="isLimited">Whether it limits what one token may send, as it does by default.</param>
    /// <param name="more">Further settings.</param>
    public static Task<ServerProcess> StartHostAsync(BenchDatabase database, bool isLimited = false, params string[] more) =>
        StartHostAsync(database.Target, AppContext.BaseDirectory, isLimited, more);

    private static string[] Settings(DatabaseTarget target) =>
        [
            "--data",
            TestFolder.New(),
            "--LogLevel",
            "Warning",
            "--Storage:Provider",
            target.Kind.ToString(),
            "--Storage:ConnectionString",
            target.ConnectionString,
        ];

    private static Task<ServerProcess> StartHostAsync(DatabaseTarget target, string folder, bool isLimited, string[] more)
    {
        var url = FreeUrl();
        return StartAsync(
            url,
            Path.Combine(folder, "UserManagement.Host.dll"),
            [
                "serve",
                "--urls",
                url,
                .. Settings(target),
                .. isLimited ? Array.Empty<string>() : ["--Scim:RequestsPerSecond", "0"],
                "--Storage:MigrateAtStart",
                "false",
                .. more,
            ]
        );
    }

    /// <summary>The bare minimal API over the same database.</summary>
    public static Task<ServerProcess> StartBareAsync(BenchDatabase database, IEnumerable<SeededWorkspace> workspaces)
    {
        var url = FreeUrl();
        return StartAsync(
            url,
            "UserManagement.Benchmarks.dll",
            [
                "serve-bare",
                url,
                database.Target.Kind.ToString(),
                database.Target.ConnectionString,
                .. workspaces.SelectMany(w => new[] { w.Slug, w.Id.ToString() }),
            ]
        );
    }

    /// <summary>A bare OpenIddict with the product's settings, on a database of its own; its client is <c>bare</c>.</summary>
    public static Task<ServerProcess> StartBareProviderAsync(DatabaseTarget target)
    {
        var url = FreeUrl();
        return StartAsync(url, "UserManagement.Benchmarks.dll", ["serve-bare-provider", url, target.ConnectionString]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<ServerProcess> StartAsync(string url, string assembly, IEnumerable<string> args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, assembly), .. args])
        {
            WorkingDirectory = TestFolder.New(),
        };
        start.Environment["USERMANAGEMENT_MASTERKEY"] = Convert.ToBase64String(TestDatabase.MasterKey);
        var server = new ServerProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"), new Uri(url));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.End();
        using var http = new HttpClient { BaseAddress = server.Url };
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("/livez", UriKind.Relative));
                return answer.IsSuccessStatusCode
                    ? server
                    : throw new InvalidOperationException($"{assembly} answers {answer.StatusCode}.");
            }
            catch (HttpRequestException) when (tries < 1200 && !server._process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    private void End()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // disposed or ended before
        }
    }

    /// <summary>An address that nobody listens on.</summary>
    public static string FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
