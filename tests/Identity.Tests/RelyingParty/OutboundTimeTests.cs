using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Webhooks;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

/// <summary>Whatever the server asks of others is given up in time, however they keep it waiting.</summary>
public sealed class OutboundTimeTests
{
    private static readonly IdentityConnection Platform = new()
    {
        WorkspaceId = default,
        Id = new(Guid.CreateVersion7()),
        Kind = default,
        Name = "Theirs",
        Authority = "",
        ClientId = "",
        ClientAuthentication = default,
        CredentialSealed = [],
        Enabled = true,
        CreatedAt = default,
        Version = 1,
    };

    [Fact]
    public void Nobody_is_waited_for_longer_than_five_seconds() => Assert.Equal(TimeSpan.FromSeconds(5), new OutboundRules().Timeout);

    [Theory]
    [InlineData("")] // takes the connection and says nothing
    [InlineData("HTTP/1.1 200 OK\r\n", "X-More: 1\r\n")] // has always one more header
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n", " ")] // and here one more byte
    public async Task Who_answers_slowly_or_never_is_given_up(string begin, string drip = "")
    {
        using var stop = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, begin, drip, stop.Token);
        var limit = TimeSpan.FromSeconds(1);
        var rules = new OutboundRules
        {
            PlatformMayUseHttp = true,
            WebhooksMayUseHttp = true,
            PlatformNetworks = [IPNetwork.Parse("127.0.0.0/8")],
            WorkspaceNetworks = [IPNetwork.Parse("127.0.0.0/8")],
            Timeout = limit,
        };
        using var outbound = new Outbound(rules, NullLogger.Instance);
        var address = new Uri($"http://{listener.LocalEndpoint}/");
        var clock = Stopwatch.StartNew();
        var read = outbound.ReadAsync(Platform, address, default);
        var app = outbound.PostAsync(true, address, new Dictionary<string, string> { ["logout_token"] = "x" }, default);
        var hook = outbound.PostAsync(new WebhookRequest(address, "application/json", [1], new Dictionary<string, string>()), default);
        await Task.WhenAll(read, app, hook).WaitAsync(Until.Longest);
        Assert.Equal("providerUnreachable", (await read).Refusal?.Code);
        // of an app's answer only the status counts: nobody waits for its body
        Assert.Equal(drip == " " ? null : "appUnreachable", (await app).Refusal?.Code);
        Assert.Equal("unreachable", (await hook).Refusal?.Code);
        Assert.True(clock.Elapsed >= limit - TimeSpan.FromMilliseconds(50), clock.Elapsed.ToString());
        await stop.CancelAsync();
        await serving;
    }

    private static async Task ServeAsync(TcpListener listener, string begin, string drip, CancellationToken ct)
    {
        var all = new List<Task>();
        try
        {
            while (true)
            {
                all.Add(AnswerAsync(await listener.AcceptTcpClientAsync(ct), begin, drip, ct));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(all);
        }
    }

    private static async Task AnswerAsync(TcpClient client, string begin, string drip, CancellationToken ct)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(begin), ct);
                using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
                while (await tick.WaitForNextTickAsync(ct))
                {
                    await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(drip), ct);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // given up, as it should be
            }
        }
    }
}
