using System.Diagnostics;
using System.Globalization;
using UserManagement.Testing;

namespace UserManagement.Drills.Faults;

/// <summary>HAProxy before the servers of a stand, asking each whether it is ready; without stickiness.</summary>
internal sealed class Haproxy(Process process) : IDisposable
{
    /// <summary>Starts it.</summary>
    public static async Task<(Uri Address, IDisposable Proxy)> StartAsync(Stand stand)
    {
        var port = FreePort.Next().ToString(CultureInfo.InvariantCulture);
        var servers = stand.Servers.Select(
            (s, i) =>
                string.Create(CultureInfo.InvariantCulture, $"  server app{i + 1} 127.0.0.1:{s.Url.Port} check inter 500ms fall 2 rise 1")
        );
        var file = Path.Combine(stand.Folder, "haproxy.cfg");
        await File.WriteAllTextAsync(
            file,
            $"""
            defaults
              mode http
              timeout connect 2s
              timeout client 40s
              timeout server 40s
              timeout check 2s
              retries 3
              retry-on conn-failure
              option redispatch 1
            listen people
              bind 127.0.0.1:{port}
              balance roundrobin
              option httpchk
              http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host localhost
            {string.Join('\n', servers)}

            """
        );
        var process = Process.Start(new ProcessStartInfo("haproxy", ["-f", file, "-db"]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        await Task.Delay(2000); // until it has looked at each
        return (new($"http://localhost:{port}"), new Haproxy(process));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }
}
