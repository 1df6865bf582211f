using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using UserManagement.Membership.Access;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Host.Tests;

/// <summary>Traces and metrics over OTLP, as a receiver gets them: what is measured is there, and no secret of an address is.</summary>
public class TelemetryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachDatabase]
    public async Task Acts_requests_and_statements_are_told_and_no_secret_of_an_address(Database kind)
    {
        await using var receiver = await Receiver.StartAsync();
        await using var database = await TestDatabase.NewAsync(kind);
        await using var server = await TestServer.StartAsync(
            database,
            set: [("Telemetry:OtlpEndpoint", receiver.Url), ("Telemetry:OtlpHttp", "true"), ("Telemetry:TracePercent", "100")]
        );
        var workspace = (await new CreateWorkspace(server.Store).RunAsync(Actor.Operator, new("acme", "Acme", "seats"), Ct)).Value;
        var invited = await new InvitePeople(server.Store).RunAsync(
            Actor.Operator,
            workspace.Id,
            new() { UserNames = ["grace@example.org"] },
            Ct
        );
        var refused = await new InvitePeople(server.Store).RunAsync(
            Actor.Operator,
            workspace.Id,
            new() { UserNames = ["grace@example.org"] },
            Ct
        );
        Assert.Equal("alreadyInvited", Assert.Single(refused.Value).Outcome.Refusal?.Code);
        var secret = Assert.Single(invited.Value).Outcome.Value.LinkSecret;
        using var page = await server.Client.GetAsync("invite/" + secret + "?code=" + secret, Ct);
        Assert.True(page.IsSuccessStatusCode);

        string[] told =
        [
            "usermanagement.act.duration",
            "alreadyInvited",
            "usermanagement.commit.acts",
            "usermanagement.commit.duration",
            "usermanagement.seats.used",
            "usermanagement.outbox.depth",
            "http.server.request.duration",
        ];

        // A request's own trace and duration end after its answer has left, and the gauges are read for the first time beside it: they are
        // asked for until they are there.
        var (traces, metrics) = ("", "");
        var until = TimeProvider.System.GetUtcNow().AddSeconds(20);
        while (
            !(
                traces.Contains("/invite/{secret}", StringComparison.Ordinal)
                && told.All(name => metrics.Contains(name, StringComparison.Ordinal))
            )
            && TimeProvider.System.GetUtcNow() < until
        )
        {
            Assert.True(server.Service<TracerProvider>().ForceFlush(10_000));
            Assert.True(server.Service<MeterProvider>().ForceFlush(10_000));
            (traces, metrics) = (receiver.Text("/v1/traces"), receiver.Text("/v1/metrics"));
        }

        Assert.Contains("/invite/{secret}", traces, StringComparison.Ordinal);
        if (kind == Database.Postgres)
        {
            Assert.Contains("postgresql", traces, StringComparison.Ordinal);
        }

        Assert.All(told, name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, traces + metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("grace@example.org", traces + metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_receiver_nothing_is_registered()
    {
        await using var database = await TestDatabase.NewAsync(Database.Sqlite);
        await using var server = await TestServer.StartAsync(
            database,
            configure: builder =>
                Assert.DoesNotContain(
                    builder.Services,
                    s => s.ServiceType == typeof(TracerProvider) || s.ServiceType == typeof(MeterProvider)
                )
        );
        using var page = await server.Client.GetAsync("signin", Ct);
        Assert.True(page.IsSuccessStatusCode);
    }

    /// <summary>Takes what is sent to it, as text: names and values of tags stand in protobuf as they are.</summary>
    private sealed class Receiver(WebApplication app, Dictionary<string, StringBuilder> taken) : IAsyncDisposable
    {
        public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var taken = new Dictionary<string, StringBuilder> { ["/v1/traces"] = new(), ["/v1/metrics"] = new() };
            app.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                lock (taken)
                {
                    taken[http.Request.Path].Append(Encoding.Latin1.GetString(body.ToArray()));
                }
            });
            await app.StartAsync();
            return new(app, taken);
        }

        public string Text(string path)
        {
            lock (taken)
            {
                return taken[path].ToString();
            }
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
