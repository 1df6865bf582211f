using System.Net;
using System.Net.Sockets;

namespace UserManagement.Host.Verbs;

/// <summary>Asks the server on this machine whether it is ready: the health check of a container, which has no other client.</summary>
internal static class ReadyVerb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Verb Ready { get; } =
        new(
            "ready",
            "",
            "Asks the server on this machine whether it is ready",
            """
            Exit code 0 when GET /readyz of the address in the settings says so, 1 when it does not, or nobody answers.
            For health checks and scripts that wait for a start.

              usermanagement ready
              until usermanagement ready; do sleep 1; done
            """,
            0,
            [],
            async (call, ct) =>
            {
                var address = Near(call.Settings.Urls[0]);
                using var client = new HttpClient { Timeout = Patience };
                try
                {
                    using var answer = await client.GetAsync(new Uri(address, "/readyz"), ct);
                    await call.Out.WriteLineAsync(answer.IsSuccessStatusCode ? "ready" : "not ready");
                    return answer.IsSuccessStatusCode ? Exit.Done : Exit.Refused;
                }
                catch (Exception e)
                    when (e is HttpRequestException or SocketException or TaskCanceledException && !ct.IsCancellationRequested)
                {
                    await call.Error.WriteLineAsync($"Nobody answers at {address}.");
                    return Exit.Refused;
                }
            }
        );

    /// <summary>Where a server that listens on an address is reached from its own machine.</summary>
    internal static Uri Near(Uri listening) =>
        IPAddress.TryParse(listening.Host.Trim('[', ']'), out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(listening) { Host = ip.Equals(IPAddress.Any) ? "127.0.0.1" : "[::1]" }.Uri
            : listening;
}
