using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>How apps prove themselves, and what they may do by themselves.</summary>
public sealed class AppProofTests
{
    [Theory, EachDatabase]
    public async Task A_signed_assertion_serves_once_and_requests_are_pushed(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        using var key = RSA.Create(2048);
        var app = await scene.AppAsync(s =>
            s with
            {
                JsonWebKeySet = KeySet(key),
                RequirePushedAuthorization = true,
                AllowClientCredentials = true,
            }
        );
        var issuer = scene.Server.PublicUrl.ToString().TrimEnd('/');
        string Assertion(string? jti, string audience, int minutes = 5, string type = "JWT") =>
            AppProofTests.Assertion(key, app.Id, audience, scene.Clock.Now, jti, minutes, type);
        static (string, string)[] By(string assertion) =>
            [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion)];
        Task<Answer> MachineAsync(string assertion) =>
            app.PostAsync("/connect/token", [("grant_type", "client_credentials"), .. By(assertion)]);

        Assert.Null(app.Secret);
        var came = await MachineAsync(Assertion("1", issuer));
        Assert.True(came.Status == 200, came.Body);
        Assert.Equal(200, (await MachineAsync(Assertion("2", issuer, type: "client-authentication+jwt"))).Status);
        foreach (
            var bad in new[]
            {
                Assertion("1", issuer),
                Assertion(null, issuer),
                Assertion("3", "https://other.example"),
                Assertion("3a", issuer + "/connect/authorize"),
                Assertion("3b", issuer + ".evil.example/connect/token"),
                Assertion("4", issuer, minutes: 90),
                Assertion("5", issuer, minutes: -5),
            }
        )
        {
            var refused = await MachineAsync(bad);
            Assert.True(refused.Status is 400 or 401, $"{JsonSerializer.Serialize(TestApp.Payload(bad))} {refused.Status}");
        }

        var one = Assertion("6", issuer);
        Assert.Single(await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => MachineAsync(one))), a => a.Status == 200);

        // pushed: the address holds nothing but a reference, which serves one sign-in
        using var jo = await scene.JoinAsync("jo@acme.com");
        Assert.Equal("invalid_request", (await jo.GoAsync(app.Authorize())).Told["error"]);
        var pushed = await app.PostAsync(
            "/connect/par",
            [.. app.Parameters().Select(p => (p.Key, p.Value!)), .. By(Assertion("7", issuer))]
        );
        Assert.Equal(201, pushed.Status);
        var short_ =
            "/connect/authorize"
            + QueryHelpers.AddQueryString(
                "",
                new Dictionary<string, string?>
                {
                    ["client_id"] = app.Id,
                    ["request_uri"] = pushed.Json.GetProperty("request_uri").GetString(),
                }
            );
        var back = await jo.GoAsync(short_);
        Assert.Equal(200, (await app.RedeemAsync(back.Told["code"], By(Assertion("8", issuer)))).Status);
        Assert.DoesNotContain("code=", (await jo.GoAsync(short_)).Location ?? "");
    }

    [Theory, EachDatabase]
    public async Task Public_native_and_older_apps_get_what_they_may_and_no_more(Database kind)
    {
        await using var scene = await AppScene.NewAsync(kind);
        using var jo = await scene.JoinAsync("jo@acme.com");

        // on its user's machine: any port of the loopback address, no other address, no secret
        var native = await scene.AppAsync(s =>
            s with
            {
                RequireClientSecret = false,
                IsNative = true,
                RedirectUris = ["http://127.0.0.1/cb", "http://[::1]/cb6", "com.example.notes:/cb"],
            }
        );
        Assert.Null(native.Secret);
        var back = await jo.GoAsync(native.Authorize(("redirect_uri", "http://127.0.0.1:53171/cb")));
        Assert.StartsWith("http://127.0.0.1:53171/cb?code=", back.Location);
        Assert.Equal(200, (await native.RedeemAsync(back.Told["code"], ("redirect_uri", "http://127.0.0.1:53171/cb"))).Status);
        Assert.StartsWith(
            "http://[::1]:53172/cb6?code=",
            (await jo.GoAsync(native.Authorize(("redirect_uri", "http://[::1]:53172/cb6")))).Location
        );
        Assert.StartsWith(
            "com.example.notes:/cb?code=",
            (await jo.GoAsync(native.Authorize(("redirect_uri", "com.example.notes:/cb")))).Location
        );
        foreach (
            var wrong in new[]
            {
                "http://127.0.0.1:53171/cb2",
                "http://localhost:53171/cb",
                "https://127.0.0.1/cb",
                "http://127.0.0.2/cb",
                "http://[::1]:53171/cb", // a loopback address, and not the one that is registered
                "http://192.168.1.20:53171/cb",
                "http://127.0.0.1.evil.example/cb",
            }
        )
        {
            Assert.Null((await jo.GoAsync(native.Authorize(("redirect_uri", wrong)))).Location);
        }

        Assert.Equal(400, (await native.PostAsync("/connect/token", ("grant_type", "client_credentials"))).Status);

        // an ID token alone, posted, where the app has leave
        var older = await scene.AppAsync(s => s with { AllowIdTokenFormPost = true });
        (string, string?)[] alone =
        [
            ("response_type", "id_token"),
            ("response_mode", "form_post"),
            ("scope", "openid profile email workspace"),
            ("code_challenge", null),
            ("code_challenge_method", null),
        ];
        var posted = PageForm.Of((await jo.GoAsync(older.Authorize(alone))).Body).Single();
        var idToken = await SignInFlowTests.CheckedAsync(scene, older, posted.Fields.Single(f => f.Name == "id_token").Value);
        Assert.Equal(("n-0S6_WzA2Mj", "acme"), (idToken.GetClaim("nonce").Value, idToken.GetClaim("workspace").Value));
        Assert.Equal(
            "unauthorized_client",
            PageForm
                .Of((await jo.GoAsync((await scene.AppAsync()).Authorize(alone))).Body)
                .Single()
                .Fields.Single(f => f.Name == "error")
                .Value
        );
        Assert.Equal("invalid_request", (await jo.GoAsync(older.Authorize([.. alone, ("response_mode", "query")]))).Told["error"]);
        Assert.Equal(
            "invalid_request",
            PageForm
                .Of((await jo.GoAsync(older.Authorize([.. alone, ("nonce", null)]))).Body)
                .Single()
                .Fields.Single(f => f.Name == "error")
                .Value
        );

        // for itself: what it asks for and may, of nobody
        var machine = await scene.AppAsync(
            s => s with { RedirectUris = [], AllowClientCredentials = true, AllowOfflineAccess = false, AllowedScopes = ["workspace"] },
            scene.Workspace.Id,
            "nightly.job"
        );
        var token = (await machine.PostAsync("/connect/token", ("grant_type", "client_credentials"), ("scope", "workspace")))
            .Json.GetProperty("access_token")
            .GetString()!;
        Assert.Equal(
            ("nightly.job", scene.Workspace.Id.ToString()),
            (TestApp.Payload(token).GetProperty("sub").GetString(), TestApp.Payload(token).GetProperty("workspace_id").GetString())
        );
        Assert.True(await machine.IsActiveAsync(token));
        Assert.Equal(401, (await machine.UserInfoAsync(token)).Status);
        Assert.Equal(400, (await machine.PostAsync("/connect/token", ("grant_type", "client_credentials"), ("scope", "groups"))).Status);
        Assert.Equal(
            400,
            (
                await machine.PostAsync(
                    "/connect/token",
                    ("grant_type", "password"),
                    ("username", "jo@acme.com"),
                    ("password", AppScene.Password)
                )
            ).Status
        );

        // removed is gone at once
        await scene.Server.Service<RemoveClient>().RunAsync(Actor.Operator, scene.Workspace.Id, machine.Id, default);
        Assert.Equal(401, (await machine.PostAsync("/connect/token", ("grant_type", "client_credentials"))).Status);
    }

    /// <summary>The public half of a key as an app's settings have it.</summary>
    internal static string KeySet(RSA key)
    {
        var jwk = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.ExportParameters(false)));
        return JsonSerializer.Serialize(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "RSA",
                        kid = "k1",
                        use = "sig",
                        alg = "RS256",
                        n = jwk.N,
                        e = jwk.E,
                    },
                },
            }
        );
    }

    /// <summary>What an app signs to prove itself (RFC 7523).</summary>
    internal static string Assertion(
        RSA key,
        string clientId,
        string audience,
        DateTimeOffset now,
        string? jti,
        int minutes = 5,
        string type = "JWT"
    ) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = clientId,
                Audience = audience,
                TokenType = type,
                IssuedAt = now.UtcDateTime,
                Expires = now.AddMinutes(minutes).UtcDateTime,
                Claims = jti is null
                    ? new Dictionary<string, object> { ["sub"] = clientId }
                    : new Dictionary<string, object> { ["sub"] = clientId, ["jti"] = jti },
                SigningCredentials = new(
                    new RsaSecurityKey(key)
                    {
                        KeyId = "k1",
                        CryptoProviderFactory = new() { CacheSignatureProviders = false },
                    },
                    SecurityAlgorithms.RsaSha256
                ),
            }
        );
}
