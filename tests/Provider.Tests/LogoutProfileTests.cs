using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Provider.Tests;

/// <summary>
/// The checks of the plans oidcc-rp-initiated-logout-certification-test-plan and oidcc-backchannel-rp-initiated-logout, each under
/// its own name, against one server.
/// </summary>
public sealed class LogoutProfileTests
{
    private const string Out = "https://app.example.org/signed-out";

    /// <summary>The names of the modules that are checked here.</summary>
    internal static IEnumerable<string> Modules => [.. Rows.Select(r => r.Name), "oidcc-backchannel-rp-initiated-logout"];

    /// <summary>What the app sends (of its ID token), and what must come: the address, or null where the person is asked or told.</summary>
    private sealed record Row(string Name, Func<string, (string, string)[]> Query, string? To, bool IsOut, int Status = 200);

    private static readonly Row[] Rows =
    [
        new(
            "oidcc-rp-initiated-logout",
            hint => [("id_token_hint", hint), ("post_logout_redirect_uri", Out), ("state", "s1")],
            Out + "?state=s1",
            true
        ),
        new("oidcc-rp-initiated-logout-no-state", hint => [("id_token_hint", hint), ("post_logout_redirect_uri", Out)], Out, true),
        new("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", hint => [("id_token_hint", hint)], null, true),
        new(
            "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
            hint => [("id_token_hint", hint), ("post_logout_redirect_uri", "https://other.example/out")],
            null,
            false,
            400
        ),
        new(
            "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
            hint => [("id_token_hint", hint), ("post_logout_redirect_uri", Out + "?foo=bar")],
            null,
            false,
            400
        ),
        new(
            "oidcc-rp-initiated-logout-modified-id-token-hint",
            hint => [("id_token_hint", Unsigned(hint)), ("post_logout_redirect_uri", Out)],
            null,
            false
        ),
        new(
            "oidcc-rp-initiated-logout-bad-id-token-hint",
            hint => [("id_token_hint", Foreign(hint)), ("post_logout_redirect_uri", Out)],
            null,
            false
        ),
        new("oidcc-rp-initiated-logout-no-id-token-hint", _ => [("post_logout_redirect_uri", Out)], null, false),
        new("oidcc-rp-initiated-logout-no-params", _ => [], null, false),
        new("oidcc-rp-initiated-logout-only-state", _ => [("state", "s2")], null, false),
    ];

    [Theory, EachDatabase]
    public async Task The_provider_does_what_the_logout_plans_check(Database kind)
    {
        await using var sink = await LogoutSink.StartAsync();
        await using var scene = await AppScene.NewAsync(kind);
        var app = await scene.AppAsync(s => s with { BackChannelLogoutUri = sink.Address });
        using (await scene.JoinAsync("jo@acme.com")) { }

        foreach (var row in Rows)
        {
            using var browser = new Browser(scene.Server);
            var code = (await AppScene.SignInAsync(browser, await browser.GoAsync(app.Authorize()), "jo@acme.com")).Told["code"];
            var tokens = (await app.RedeemAsync(code)).Json;
            var hint = tokens.GetProperty("id_token").GetString()!;
            var query = row.Query(hint).ToDictionary(q => q.Item1, q => (string?)q.Item2);
            var answer = await browser.GoAsync("/connect/endsession" + QueryHelpers.AddQueryString("", query));
            Assert.True(
                (row.To, row.To is null ? row.Status : answer.Status) == (answer.Location, answer.Status),
                $"{row.Name}: {answer.Status} {answer.Location}"
            );
            var silent = (await browser.GoAsync(app.Authorize(("prompt", "none")))).Told;
            if (!row.IsOut)
            {
                Assert.True(silent.ContainsKey("code"), row.Name);
                if (row.Status == 200)
                {
                    // the person is asked, and says yes
                    var gone = await browser.SubmitAsync(answer, "/connect/signout");
                    Assert.True(gone is { Location: null, Status: 200 }, $"{row.Name}: {gone.Status} {gone.Location}");
                    Assert.Contains("signed out", gone.Body, StringComparison.OrdinalIgnoreCase);
                    silent = (await browser.GoAsync(app.Authorize(("prompt", "none")))).Told;
                }
            }

            if (row.Status == 200)
            {
                Assert.True(silent.GetValueOrDefault("error") == "login_required", row.Name);
                // oidcc-backchannel-rp-initiated-logout: the app is told of this very session, and its tokens are worth nothing
                var token = await SignInFlowTests.CheckedAsync(scene, app, await sink.NextAsync());
                Assert.Equal(TestApp.Payload(hint).GetProperty("sid").GetString(), token.GetClaim("sid").Value);
                Assert.Equal(TestApp.Payload(hint).GetProperty("sub").GetString(), token.Subject);
                Assert.False(token.TryGetClaim("nonce", out _));
                Assert.NotEmpty(token.GetClaim("jti").Value);
                Assert.Equal("""{"http://schemas.openid.net/event/backchannel-logout":{}}""", token.GetClaim("events").Value);
                Assert.Equal(400, (await app.RefreshAsync(tokens.GetProperty("refresh_token").GetString()!)).Status);
            }
        }
    }

    private static string Unsigned(string hint) =>
        $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(new { alg = "none", typ = "JWT" }))}.{hint.Split('.')[1]}.";

    /// <summary>The same claims, signed by somebody else under the same name of a key.</summary>
    private static string Foreign(string hint)
    {
        using var rsa = RSA.Create(2048);
        var token = new JsonWebToken(hint);
        var key = new RsaSecurityKey(rsa)
        {
            KeyId = token.Kid,
            CryptoProviderFactory = new() { CacheSignatureProviders = false },
        };
        return new JsonWebTokenHandler().CreateToken(
            JsonDocument.Parse(System.Text.Encoding.UTF8.GetString(Base64Url.DecodeFromChars(hint.Split('.')[1]))).RootElement.GetRawText(),
            new SigningCredentials(key, SecurityAlgorithms.RsaSha256)
        );
    }
}
