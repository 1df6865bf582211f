using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Api.Tests.Rig;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Api.Tests.Webhooks;

/// <summary>Webhooks as a program meets them: made over REST, delivered by the real server to a real address.</summary>
public sealed class WebhookEndpointsTests
{
    private static readonly string[] JoinedAlone = ["member.joined"];
    private static readonly (string, string)[] Own = [("SignIn:WorkspaceNetworks", "127.0.0.0/8"), ("Webhooks:MayUseHttp", "true")];

    [Theory, EachDatabase]
    public async Task An_app_is_told_sees_the_log_and_gets_it_again(Database kind)
    {
        await using var app = await Receiver.StartAsync();
        await using var site = await ApiSite.StartAsync(kind, set: Own);
        using var program = await site.ProgramAsync();
        var made = await program.SendAsync(
            "POST",
            "acme/webhooks",
            new
            {
                name = "App",
                url = app.Address,
                types = JoinedAlone,
            }
        );
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (made.Status, made.Headers["ETag"]));
        var (id, secret) = (made.At("webhook.id").GetString(), made.At("secret").GetString()!);
        site.Server.Secrets.Note(secret, "webhook");
        Assert.DoesNotContain(secret, (await program.GetAsync($"acme/webhooks/{id}")).Text, StringComparison.Ordinal);

        var member = await site.ProvisionAsync("grace@example.com", "Grace");
        var came = await app.NextAsync();
        Assert.Contains("\"type\":\"member.joined\"", came.Body, StringComparison.Ordinal);
        Assert.Contains(member.Id.ToString(), came.Body, StringComparison.Ordinal);
        Assert.StartsWith("v1,", came.Headers["webhook-signature"], StringComparison.Ordinal);
        await Until.TrueAsync(async () =>
            (await program.GetAsync($"acme/webhooks/{id}/deliveries?state=delivered")).At("items").GetArrayLength() == 1
        );
        var line = (await program.GetAsync($"acme/webhooks/{id}/deliveries")).At("items.0");
        Assert.Equal((200, 1), (line.GetProperty("lastStatus").GetInt32(), line.GetProperty("attemptCount").GetInt32()));
        var delivery = line.GetProperty("id").GetString();
        var log = await program.GetAsync($"acme/webhooks/{id}/deliveries/{delivery}");
        Assert.Equal(("thanks", came.Headers["webhook-id"]), (log.At("attempts.0.answer").GetString(), log.At("payload.id").GetString()));

        Assert.Equal(HttpStatusCode.Accepted, (await program.SendAsync("POST", $"acme/webhooks/{id}/deliveries/{delivery}/replay")).Status);
        Assert.Equal(came.Headers["webhook-id"], (await app.NextAsync()).Headers["webhook-id"]);
        var span = new { from = "2020-01-01T00:00:00Z", until = "2090-01-01T00:00:00Z" };
        Assert.Equal(1, (await program.SendAsync("POST", $"acme/webhooks/{id}/replay", span)).At("count").GetInt32());
        Assert.Equal(came.Headers["webhook-id"], (await app.NextAsync()).Headers["webhook-id"]);
        Assert.Equal(HttpStatusCode.Accepted, (await program.SendAsync("POST", $"acme/webhooks/{id}/test")).Status);
        Assert.Contains("webhook.test", (await app.NextAsync()).Body, StringComparison.Ordinal);

        // changed on a version, two secrets at once, removed
        Assert.Equal(
            "stale",
            (await program.SendAsync("PATCH", $"acme/webhooks/{id}", new { enabled = false }, ("If-Match", "\"9\""))).Code
        );
        var off = await program.SendAsync("PATCH", $"acme/webhooks/{id}", new { enabled = false }, ("If-Match", "\"1\""));
        Assert.False(off.At("enabled").GetBoolean());
        Assert.Equal("webhookOff", (await program.SendAsync("POST", $"acme/webhooks/{id}/replay", span)).Code);
        var second = await program.SendAsync("POST", $"acme/webhooks/{id}/secrets");
        site.Server.Secrets.Note(second.At("secret").GetString()!, "webhook");
        Assert.Equal(2, second.At("webhook.secrets").GetArrayLength());
        Assert.Equal("tooManySecrets", (await program.SendAsync("POST", $"acme/webhooks/{id}/secrets")).Code);
        var first = second.At("webhook.secrets.0.id").GetString();
        Assert.Equal(1, (await program.SendAsync("DELETE", $"acme/webhooks/{id}/secrets/{first}")).At("secrets").GetArrayLength());
        Assert.Equal(HttpStatusCode.NoContent, (await program.SendAsync("DELETE", $"acme/webhooks/{id}")).Status);
        Assert.Equal("notFound", (await program.GetAsync($"acme/webhooks/{id}")).Code);
    }

    [Fact]
    public async Task Nothing_inside_is_dialled_where_the_operator_does_not_say_so()
    {
        await using var app = await Receiver.StartAsync();
        await using var site = await ApiSite.StartAsync(Database.Sqlite, set: [("Webhooks:MayUseHttp", "true")]);
        using var program = await site.ProgramAsync();
        foreach (
            var address in new[]
            {
                app.Address,
                app.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
                "http://169.254.169.254/latest",
            }
        )
        {
            var made = await program.SendAsync("POST", "acme/webhooks", new { name = "App", url = address });
            site.Server.Secrets.Note(made.At("secret").GetString()!, "webhook");
            var id = made.At("webhook.id").GetString();
            var delivery = (await program.SendAsync("POST", $"acme/webhooks/{id}/test")).At("deliveryId").GetString();
            await Until.TrueAsync(async () =>
                (await program.GetAsync($"acme/webhooks/{id}/deliveries/{delivery}")).At("attempts").GetArrayLength() > 0
            );
            var tried = (await program.GetAsync($"acme/webhooks/{id}/deliveries/{delivery}")).At("attempts.0");
            Assert.Contains("cannot be dialled", tried.GetProperty("error").GetString(), StringComparison.Ordinal);
        }

        Assert.True(app.IsEmpty);
        foreach (var address in new[] { "ftp://app.example/", "https://a:b@app.example/", "nowhere" })
        {
            Assert.Equal("invalidUrl", (await program.SendAsync("POST", "acme/webhooks", new { name = "App", url = address })).Code);
        }
    }

    [Theory, EachDatabase]
    public async Task The_same_stream_comes_as_security_event_tokens_signed_by_the_providers_key(Database kind)
    {
        await using var app = await Receiver.StartAsync();
        await using var site = await ApiSite.StartAsync(kind, set: Own);
        using var program = await site.ProgramAsync();
        var made = await program.SendAsync(
            "POST",
            "acme/webhooks",
            new
            {
                name = "App",
                url = app.Address,
                format = "securityEvent",
                audience = "https://app.example",
            }
        );
        site.Server.Secrets.Note(made.At("secret").GetString()!, "webhook");
        var member = await site.ProvisionAsync("grace@example.com", "Grace");
        Assert.Equal(HttpStatusCode.OK, (await program.SendAsync("POST", $"acme/members/{member.Id}/suspend")).Status);
        var keys = new JsonWebKeySet(await site.Server.Client.GetStringAsync("/.well-known/openid-configuration/jwks"));
        var events = new Dictionary<string, JsonWebToken>();
        while (!events.ContainsKey("urn:ietf:params:scim:event:prov:deactivate"))
        {
            var came = await app.NextAsync();
            Assert.Equal("application/secevent+jwt", came.Headers["Content-Type"]);
            var judged = await new JsonWebTokenHandler().ValidateTokenAsync(
                came.Body,
                new TokenValidationParameters
                {
                    IssuerSigningKeys = keys.GetSigningKeys(),
                    ValidIssuer = site.Server.Links.Base,
                    ValidAudience = "https://app.example",
                    ValidTypes = ["secevent+jwt"],
                    RequireExpirationTime = false,
                }
            );
            Assert.True(judged.IsValid, judged.Exception?.Message);
            var token = (JsonWebToken)judged.SecurityToken;
            foreach (var told in token.GetPayloadValue<System.Text.Json.JsonElement>("events").EnumerateObject())
            {
                events[told.Name] = token;
            }
        }

        var subject = events["urn:ietf:params:scim:event:prov:deactivate"].GetPayloadValue<System.Text.Json.JsonElement>("sub_id");
        Assert.Equal(("scim", $"/Users/{member.Id}"), (subject.GetProperty("format").GetString(), subject.GetProperty("uri").GetString()));
        Assert.Contains("urn:ietf:params:scim:event:prov:create:notice", events.Keys);
        Assert.Contains("https://schemas.openid.net/secevent/caep/event-type/session-revoked", events.Keys);
        Assert.Contains("https://schemas.openid.net/secevent/caep/event-type/token-claims-change", events.Keys);
        Assert.All(events.Values, token => Assert.False(token.TryGetPayloadValue<string>("sub", out _)));
        Assert.All(events.Values, token => Assert.False(token.TryGetPayloadValue<long>("exp", out _)));

        // 400 with an err is the receiver's last word; the next one passes
        app.Answer = (400, """{"err":"invalid_audience","description":"not for me"}""");
        var id = made.At("webhook.id").GetString();
        var delivery = (await program.SendAsync("POST", $"acme/webhooks/{id}/test")).At("deliveryId").GetString();
        await Until.TrueAsync(async () =>
            (await program.GetAsync($"acme/webhooks/{id}/deliveries/{delivery}")).At("delivery.state").GetString() == "givenUp"
        );
    }

    /// <summary>An app that takes what it is told.</summary>
    private sealed class Receiver(WebApplication app, Channel<(string Body, Dictionary<string, string> Headers)> came) : IAsyncDisposable
    {
        public string Address => app.Urls.Single() + "/hook";

        public (int Status, string Text) Answer { get; set; } = (200, "thanks");

        public bool IsEmpty => !came.Reader.TryPeek(out _);

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var receiver = new Receiver(app, Channel.CreateUnbounded<(string, Dictionary<string, string>)>());
            app.MapPost("/hook", receiver.TakeAsync);
            await app.StartAsync();
            return receiver;
        }

        public async Task<(string Body, Dictionary<string, string> Headers)> NextAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            return await came.Reader.ReadAsync(patience.Token);
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task TakeAsync(HttpContext http)
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            http.Response.StatusCode = Answer.Status;
            await http.Response.WriteAsync(Answer.Text);
            await http.Response.CompleteAsync();
            await came.Writer.WriteAsync(
                (body, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase))
            );
        }
    }
}
