using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using UserManagement.Testing;

namespace UserManagement.Host.Tests;

/// <summary>The built host as a process of its own, as an operator starts it.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();

    private HostProcess(Process process, string url)
    {
        this.process = process;
        Url = url;
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Url { get; }

    public string Output => Text(output);

    public string Error => Text(error);

    /// <summary>Starts a server on a free port and waits until it is ready, or has ended.</summary>
    public static async Task<HostProcess> ServeAsync(string data, CancellationToken ct, params string[] more)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture)}";
        listener.Stop();
        var host = Start(url, ["--data", data, "--urls", url, .. more]);
        using var http = new HttpClient();
        for (var i = 0; i < 600 && !host.process.HasExited; i++)
        {
            try
            {
                if ((await http.GetAsync(url + "/readyz", ct)).IsSuccessStatusCode)
                {
                    break;
                }
            }
            catch (HttpRequestException)
            {
                // not yet
            }

            await Task.Delay(100, ct);
        }

        return host;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(CancellationToken ct, params string[] words)
    {
        await using var host = Start("", words);
        var code = await host.ExitAsync(ct);
        return (code, host.Output, host.Error);
    }

    /// <summary>Waits until a line is printed.</summary>
    public async Task<string> UntilPrintedAsync(string start, CancellationToken ct)
    {
        for (var i = 0; i < 300; i++)
        {
            if (Output.Split('\n').FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal)) is { } line)
            {
                return line[start.Length..].Trim();
            }

            await Task.Delay(50, ct);
        }

        throw new TimeoutException($"{start} was never printed. {Output} {Error}");
    }

    /// <summary>Asks it to end as a service manager does.</summary>
    public async Task<int> TerminateAsync(CancellationToken ct)
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(ct);
        return await ExitAsync(ct);
    }

    public async Task<int> ExitAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public static HostProcess Start(string url, string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "UserManagement.Host.dll"), .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = TestFolder.New(),
        };
        return new(Process.Start(start)!, url);
    }

    private static void Add(StringBuilder text, string? line)
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
