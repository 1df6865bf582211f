using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging.Abstractions;
using UserManagement.Membership.Connections;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Identity.Tests;

public class ConnectionBackchannelTests
{
    [Fact]
    public async Task An_assertion_is_for_the_issuer_by_its_own_type_short_and_begun_a_little_ago()
    {
        using var key = RSA.Create(2048);
        await using var rig = await WithKeyAsync(key);
        Assert.Null((await rig.ProveAsync()).Refusal);
        Assert.Null((await rig.ProveAsync()).Refusal);
        var sent = rig.Provider.TokenRequests.Select(r => Assertion(r.Form)).ToList();
        Assert.All(sent, a => Assert.Equal(("client-authentication+jwt", rig.Provider.Base), (a.Header.Text("typ"), a.Claims.Text("aud"))));
        var now = rig.Clock.GetUtcNow();
        Assert.All(sent, a => Assert.InRange(a.Claims.Date("iat")!.Value, now.AddMinutes(-1), now.AddSeconds(-10)));
        Assert.All(sent, a => Assert.InRange(a.Claims.Date("nbf")!.Value, now.AddMinutes(-1), now.AddSeconds(-10)));
        Assert.All(sent, a => Assert.InRange(a.Claims.Date("exp")!.Value, now.AddSeconds(1), now.AddMinutes(2)));
        Assert.Equal(2, sent.Select(a => a.Claims.Text("jti")).Distinct().Count());
    }

    [Fact]
    public async Task The_older_form_is_a_second_try_where_the_client_is_refused_and_is_remembered()
    {
        using var key = RSA.Create(2048);
        await using var rig = await WithKeyAsync(key);
        rig.Provider.RefusesClient = form =>
            Assertion(form) is var (header, claims) && (header.Text("typ") != "JWT" || claims.Text("aud") != rig.Provider.Base + "/token");
        Assert.Null((await rig.ProveAsync()).Refusal);
        Assert.Equal(2, rig.Provider.TokenRequests.Count);
        Assert.Null((await rig.ProveAsync()).Refusal);
        Assert.Equal(3, rig.Provider.TokenRequests.Count);

        // a client that is refused in both forms is told so, and another error is no reason to send a code twice
        rig.Provider.RefusesClient = _ => true;
        Assert.Equal("tokenEndpoint", (await rig.ProveAsync()).Refusal?.Code);
        Assert.Equal(5, rig.Provider.TokenRequests.Count);
        rig.Provider.RefusesClient = _ => false;
        rig.Provider.OnAnswer = a => [new("code", "not-a-code"), a[1]];
        Assert.Equal("tokenEndpoint", (await rig.ProveAsync()).Refusal?.Code);
        Assert.Equal(6, rig.Provider.TokenRequests.Count);
    }

    [Theory]
    [InlineData(ClientAuthentication.SecretBasic)]
    [InlineData(ClientAuthentication.SecretPost)]
    [InlineData(ClientAuthentication.PrivateKeyJwt)]
    public async Task A_request_is_pushed_where_the_provider_takes_that_with_the_clients_proof(ClientAuthentication how)
    {
        using var key = RSA.Create(2048);
        await using var rig = await SignInRig.NewAsync(
            Database.Sqlite,
            before: p => p.OnDocument = d => d["pushed_authorization_request_endpoint"] = p.Base + "/par",
            change: d =>
                d with
                {
                    ClientAuthentication = how,
                    Credential = how == ClientAuthentication.PrivateKeyJwt ? key.ExportPkcs8PrivateKeyPem() : HostileProvider.ClientSecret,
                }
        );
        var started = await rig.StartAsync();
        var query = QueryHelpers.ParseQuery(started.Url.Query);
        Assert.Equal(["client_id", "request_uri"], query.Keys.Order());
        Assert.True(rig.Provider.TokenRequests.TryDequeue(out var pushed));
        Assert.Equal(
            ("code", "S256", "openid profile email"),
            (pushed.Form["response_type"], pushed.Form["code_challenge_method"], pushed.Form["scope"])
        );
        Assert.Equal(
            (how == ClientAuthentication.SecretBasic, how == ClientAuthentication.SecretPost, how == ClientAuthentication.PrivateKeyJwt),
            (pushed.Authorization is not null, pushed.Form.ContainsKey("client_secret"), pushed.Form.ContainsKey("client_assertion"))
        );
        Assert.Null((await rig.CompleteAsync(rig.Connection.Id, rig.Provider.Visit(started.Url), started.SavedState)).Refusal);
        Assert.DoesNotContain(rig.Provider.TokenRequests.Single().Form, f => f.Value.Length == 0);

        // an offer and no condition: who may not push brings the request by the browser
        rig.Provider.RefusesClient = form => !form.ContainsKey("grant_type");
        started = await rig.StartAsync();
        Assert.Contains("code_challenge_method=S256", started.Url.Query, StringComparison.Ordinal);
        Assert.Null((await rig.CompleteAsync(rig.Connection.Id, rig.Provider.Visit(started.Url), started.SavedState)).Refusal);
        Assert.Contains(rig.Log.Lines, l => l.EndsWith("pushedRequest; the provider says invalid_request", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_carries_one_request_for_some_servers_close_it_without_saying_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, stop.Token);
        using (var outbound = new Outbound(SignInRig.Loopback, NullLogger.Instance))
        {
            var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
            for (var i = 0; i < 20; i++)
            {
                using var request = new HttpRequestMessage(i % 2 == 0 ? HttpMethod.Post : HttpMethod.Get, address)
                {
                    Content = i % 2 == 0 ? new StringContent("code=1") : null,
                };
                Assert.Equal(HttpStatusCode.OK, (await outbound.SendAsync(await PlatformAsync(), request, default)).Value.Status);
            }
        }

        await stop.CancelAsync();
        Assert.Equal(20, await serving);
    }

    /// <summary>
    /// Answers the first request of each connection as if more were welcome, and drops it at the next; gives how many connections there
    /// were.
    /// </summary>
    private static async Task<int> ServeAsync(TcpListener listener, CancellationToken ct)
    {
        var connections = 0;
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ct);
                connections++;
                _ = Task.Run(
                    async () =>
                    {
                        using (client)
                        {
                            var stream = client.GetStream();
                            var buffer = new byte[4096];
                            var text = "";
                            while (
                                !text.Contains("\r\n\r\n", StringComparison.Ordinal)
                                || (text.StartsWith("POST", StringComparison.Ordinal) && !text.EndsWith("code=1", StringComparison.Ordinal))
                            )
                            {
                                text += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, ct));
                            }

                            await stream.WriteAsync(
                                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"u8.ToArray(),
                                ct
                            );
                            await stream.ReadExactlyAsync(buffer.AsMemory(0, 1), ct);
                        }
                    },
                    CancellationToken.None
                );
            }
        }
        catch (OperationCanceledException)
        {
            return connections;
        }
    }

    private static Task<IdentityConnection> PlatformAsync() =>
        Task.FromResult(
            new IdentityConnection
            {
                WorkspaceId = default,
                Id = default,
                Kind = ConnectionKind.Oidc,
                Name = "Any",
                Authority = "",
                ClientId = "",
                ClientAuthentication = default,
                CredentialSealed = [],
                Enabled = true,
                CreatedAt = default,
                Version = 1,
            }
        );

    private static Task<SignInRig> WithKeyAsync(RSA key) =>
        SignInRig.NewAsync(
            Database.Sqlite,
            change: d =>
                d with
                {
                    ClientAuthentication = ClientAuthentication.PrivateKeyJwt,
                    Credential = key.ExportPkcs8PrivateKeyPem(),
                    KeyId = "ours",
                }
        );

    private static (Claims Header, Claims Claims) Assertion(Dictionary<string, string> form)
    {
        var parts = form["client_assertion"].Split('.');
        return (Claims.Read(WebEncoders.Base64UrlDecode(parts[0]))!, Claims.Read(WebEncoders.Base64UrlDecode(parts[1]))!);
    }
}
